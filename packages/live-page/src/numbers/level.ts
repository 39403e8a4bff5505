import type { LiveFigure } from "@rumkit/protocol";

/** How a value stands against the thresholds of its figure. */
export type Level = "good" | "warn" | "bad";

/** Said beside the colour: no meaning is in colour alone. */
export const levelWords: Readonly<Record<Level, string>> = {
  good: "Good",
  warn: "Needs attention",
  bad: "Needs action",
};

/** Gives the level of a value; undefined without thresholds or without a value. */
export function levelOf(figure: LiveFigure, value: number | null): Level | undefined {
  if (!figure.thresholds || value === null) return undefined;
  if (value >= figure.thresholds.bad) return "bad";
  return value >= figure.thresholds.warn ? "warn" : "good";
}
