import type { AlertDuration } from "@rumkit/protocol";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a checked duration: `30s`, `5m`, `4h`, `1d`. */
export function readDuration(text: AlertDuration): number {
  return Number(text.slice(0, -1)) * UNIT_MS[text.at(-1)!]!;
}
