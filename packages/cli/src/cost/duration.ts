/** Seconds of Prometheus' units of time, largest first (prometheus.io/docs, "Time durations"). */
const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
  ["ms", 0.001],
];

const FORM = new RegExp(`^${UNITS.map(([unit]) => `(?:(\\d{1,6})${unit})?`).join("")}$`);

/** Returns the seconds of a duration as Prometheus writes it, `15s` or `1m30s`; undefined for any other text and for 0. */
export function readDuration(text: string): number | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const seconds = UNITS.reduce((sum, [, scale], index) => sum + Number(match[index + 1] ?? 0) * scale, 0);
  return seconds > 0 ? seconds : undefined;
}
