import { escapeText } from "@rumkit/server/internal/base";
import type { JournalReplay, ReplayedEpisode } from "@rumkit/server/internal/replay";

/** One line for each alert that would have fired, and a sum for each name. */
export function renderReplay(episodes: readonly ReplayedEpisode[]): string {
  if (episodes.length === 0) return "No alert would have fired.\n";
  const lines = episodes.map(({ alert, firedAt, endedAt }) => {
    const end = endedAt === undefined ? "still fires" : `${minutes(endedAt - firedAt)} min`;
    const by = Object.entries(alert.labels)
      .filter(([label]) => !["app", "severity", "team"].includes(label))
      .map(([label, value]) => ` ${label}=${value}`)
      .join("");
    return `${time(firedAt)}  ${end.padStart(11)}  ${alert.name}${by}  worst ${alert.value ?? "unknown"}, threshold ${alert.threshold}`;
  });
  const counts = Map.groupBy(episodes, ({ alert }) => alert.name);
  const sums = [...counts].map(
    ([name, all]) => `${name}: ${all.length} ${all.length === 1 ? "time" : "times"}`,
  );
  return toText([...lines, "", ...sums]);
}

/** The time that was replayed, and what a journal cannot know of it. */
export function renderJournalReplay({ from, to, gaps, unknown, later }: JournalReplay): string {
  return toText([
    `Replayed from ${time(from)} to ${time(to)}, minute by minute.`,
    ...gaps.map((gap) => `No collector ran from ${time(gap.from)} to ${time(gap.to)}.`),
    ...later.map(({ rule, since }) => `${rule}: only since ${time(since)}; no alert read its metric before.`),
    ...unknown.map(({ rule, why }) => `${rule}: not replayed, since ${why}.`),
  ]);
}

function toText(lines: readonly string[]): string {
  return `${lines.map(escapeText).join("\n")}\n`;
}

function time(at: number): string {
  return new Date(at).toISOString();
}

function minutes(milliseconds: number): number {
  return Math.round(milliseconds / 60_000);
}
