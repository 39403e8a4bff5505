/** Texts of quantities for people, in English. */

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** `42 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. A clock that was set back gives `0 s`. */
export function durationText(ms: number): string {
  if (!(ms >= SECOND_MS)) return "0 s";
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < DAY_MS) return pair(Math.floor(ms / HOUR_MS), "h", Math.floor((ms % HOUR_MS) / MINUTE_MS), "min");
  return pair(Math.floor(ms / DAY_MS), "d", Math.floor((ms % DAY_MS) / HOUR_MS), "h");
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** `2026-11-27 08:40:12 UTC`. */
export function timeText(at: number): string {
  return isoText(at)
    .replace("T", " ")
    .replace(/\.\d+Z$/, " UTC");
}

/** `2026-11-27T08:40:12.000Z`. A time that no calendar has becomes 1970. */
export function isoText(at: number): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

/** A value with its unit: `350 ms`, `5.2 %`, `1.5 MiB`, `12,345`. `unit` is that of a metric. */
export function quantityText(value: number, unit: string): string {
  if (unit === "seconds") {
    return Math.abs(value) < 1 && value !== 0 ? `${numberText(value * 1_000)} ms` : `${numberText(value)} s`;
  }
  if (unit === "ratio") return `${numberText(value * 100)} %`;
  if (unit === "bytes") return bytesText(value);
  return numberText(value);
}

function bytesText(value: number): string {
  const power = Math.min(
    BYTE_UNITS.length - 1,
    Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)),
  );
  return `${numberText(value / 1_024 ** power)} ${BYTE_UNITS[power]}`;
}

let formats: Record<"whole" | "precise", Intl.NumberFormat> | undefined;

/** Made for the first number: it takes 4 ms of CPU, and most collectors send no alert. */
function createFormats(): NonNullable<typeof formats> {
  return {
    whole: new Intl.NumberFormat("en", { maximumFractionDigits: 0 }),
    precise: new Intl.NumberFormat("en", { maximumSignificantDigits: 3 }),
  };
}

function numberText(value: number): string {
  formats ??= createFormats();
  return formats[Math.abs(value) >= 100 ? "whole" : "precise"].format(value);
}
