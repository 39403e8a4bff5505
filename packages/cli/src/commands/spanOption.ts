import { UsageError } from "./command.ts";

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Reads the seconds of a time such as 30m, 24h or 7d. Throws a `UsageError`. */
export function readSpan(
  flag: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * SECONDS[unit as keyof typeof SECONDS];
  if (seconds >= least && seconds <= most) return seconds;
  throw new UsageError(
    `[rumkit] ${flag} must be ${spanOf(least)} to ${spanOf(most)}: a whole number with s, m, h or d (got "${text}").`,
  );
}

function spanOf(seconds: number): string {
  if (seconds === 0) return "0s";
  const unit = (["d", "h", "m", "s"] as const).find((one) => seconds % SECONDS[one] === 0)!;
  return `${seconds / SECONDS[unit]}${unit}`;
}
