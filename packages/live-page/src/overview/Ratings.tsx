import type { LiveRatedVital } from "@rumkit/protocol";
import { formatCount, renderShare } from "../numbers/format.ts";

/** A bar of the shares that are good, need improvement and are poor, with the same in words. */
export function Ratings({ good, needsImprovement, poor }: Omit<LiveRatedVital, "vital" | "p75">) {
  const all = good + needsImprovement + poor;
  const parts = [
    { level: "good", count: good, word: "good" },
    { level: "warn", count: needsImprovement, word: "need improvement" },
    { level: "bad", count: poor, word: "poor" },
  ];
  const words = parts.map(({ count, word }) => `${renderShare(count / all)} ${word}`).join(", ");
  const says = `Of ${formatCount(all)}: ${words}`;
  return (
    <div className="ratings" role="img" aria-label={says} title={says}>
      {parts
        .filter(({ count }) => count > 0)
        .map(({ level, count }) => (
          <span key={level} data-level={level} style={{ flexGrow: count }} />
        ))}
    </div>
  );
}
