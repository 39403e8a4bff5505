import type { Faults, Path } from "../base/shape.ts";

/** Levels of a catalog are five; what is deeper is told as a fault of its form. */
const MAX_DEPTH = 8;

/**
 * Says which texts of a catalog are no text: one sentence for each half of a surrogate pair that stands alone.
 *
 * UTF-8 has no such character, so all of them are written as U+FFFD: two routes or label values that differ would be one
 * series twice, for which Prometheus refuses the scrape.
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

/** JSON escapes what cannot be printed. */
function show(text: string): string {
  return JSON.stringify(text.slice(0, 64));
}
