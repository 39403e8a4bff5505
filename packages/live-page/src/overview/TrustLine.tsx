import { countThings, formatCount } from "../numbers/format.ts";
import type { Trust } from "./trust.ts";

interface TrustLineProps {
  trust: Trust;
  /** False for an app that only its backend reports of. */
  hasPages: boolean;
}

/** One line about the collector itself. */
export function TrustLine({ trust, hasPages }: TrustLineProps) {
  const refused = trust.refused.reduce((sum, { count }) => sum + count, 0);
  return (
    <footer className="trust">
      {hasPages && (
        <>
          <span>{countThings(trust.counted, "event")} counted</span>
          <span>Pages send every 5 s, and at once when they are left</span>
        </>
      )}
      <span data-bad={refused > 0}>
        {formatCount(refused)} refused
        {trust.refused[0] &&
          ` (${trust.refused.map(({ reason, count }) => `${reason} ${formatCount(count)}`).join(", ")})`}
      </span>
      <span data-bad={trust.lost > 0}>{countThings(trust.lost, "batch", "batches")} lost</span>
      <span data-bad={trust.isJournalFailing}>
        {trust.isJournalFailing ? "journal failing" : "journal ok"}
      </span>
    </footer>
  );
}
