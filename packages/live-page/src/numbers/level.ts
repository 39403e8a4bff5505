import type { LiveFigure } from "@rumkit/protocol";

/** The level of a value, by the thresholds of its figure. */
export type Level = "good" | "warn" | "bad";

/** Shown next to the color, because color alone must not carry a meaning. */
export const levelWords: Readonly<Record<Level, string>> = {
  good: "Good",
  warn: "Warning",
  bad: "Critical",
};

/** Returns the level of a value, or undefined without thresholds or a value. */
export function levelOf(figure: LiveFigure, value: number | null): Level | undefined {
  const { thresholds } = figure;
  if (!thresholds || value === null) return undefined;
  const reaches = (limit: number): boolean => (thresholds.isAbove ? value > limit : value >= limit);
  if (reaches(thresholds.bad)) return "bad";
  return reaches(thresholds.warn) ? "warn" : "good";
}
