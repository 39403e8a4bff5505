import type { LiveComparison, LiveFigure } from "@rumkit/protocol";

/** A figure against an earlier day. */
export interface Change {
  /** "▲ 12.4%", "▼ 0.4 points", "unchanged". */
  text: string;
  direction: "up" | "down" | "same";
  /** The day that it is compared with: "yesterday", "last week". */
  against: string;
}

/** Returns the change against the same time of yesterday, else of last week; undefined if neither was counted. */
export function changeOf(
  { unit }: Pick<LiveFigure, "unit">,
  comparison: LiveComparison | undefined,
): Change | undefined {
  if (!comparison || comparison.today === null) return undefined;
  const { today, yesterday, lastWeek } = comparison;
  const [earlier, against] = yesterday === null ? [lastWeek, "last week"] : [yesterday, "yesterday"];
  if (earlier === null) return undefined;
  // A share changes by points: "20% more" of 5% could mean 6% or 25%.
  const difference = unit === "ratio" ? (today - earlier) * 100 : percent(today, earlier);
  if (difference === undefined) return undefined;
  const size = Math.abs(difference).toFixed(1);
  if (size === "0.0") return { text: "unchanged", direction: "same", against };
  const text = `${difference > 0 ? "▲" : "▼"} ${size}${unit === "ratio" ? " points" : "%"}`;
  return { text, direction: difference > 0 ? "up" : "down", against };
}

/** From nothing, no percentage can be said. */
function percent(today: number, earlier: number): number | undefined {
  return earlier === 0 ? undefined : ((today - earlier) / earlier) * 100;
}
