import type { Faults, Path } from "../base/shape.ts";

/** A catalog has five levels; deeper values are faults of its shape. */
const MAX_DEPTH = 8;

/**
 * Finds the texts of a catalog with a lone surrogate.
 *
 * UTF-8 cannot encode lone surrogates, so all of them are written as U+FFFD: two different routes or label values would
 * be the same series twice, and Prometheus would refuse the scrape.
 */
export function lintText(value: unknown, path: Path, faults: Faults): void {
  if (typeof value === "string" && !value.isWellFormed())
    faults.add(path, `has half a surrogate pair: ${show(value)}.`);
  if (typeof value !== "object" || value === null || path.length >= MAX_DEPTH) return;
  for (const [key, item] of Object.entries(value)) {
    if (faults.isFull) return;
    if (!key.isWellFormed()) faults.add(path, `has half a surrogate pair in a key: ${show(key)}.`);
    lintText(item, [...path, Array.isArray(value) ? Number(key) : key], faults);
  }
}

/** A text as JSON, which escapes characters that cannot be printed. */
function show(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}
