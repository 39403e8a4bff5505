import type { Unit } from "@rumkit/protocol";

/** Edges that are easy to read: 1, 2.5 and 5 times each power of ten. */
const STEPS = [1, 2.5, 5];

/** Maximum buckets of a draft. */
const MOST_BUCKETS = 15;

/** Maximum letters of a name before its suffix: 64 in total. */
const MAX_STEM = 50;

/** Seconds from a millisecond to half a minute: used when no values are known. */
const DEFAULT_BUCKETS = [0.001, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

/** Returns the unit that a name mentions; seconds if it mentions none. */
export function unitOf(name: string): Unit {
  if (/(?:^|_)(?:bytes?|size|kb|mb)(?:_|$)/.test(name)) return "bytes";
  return /(?:^|_)(?:ratio|share|percent|rate)(?:_|$)/.test(name) ? "ratio" : "seconds";
}

/** Returns edges from below the smallest value to the largest, or wider if there would be too many. */
export function bucketsFor(range: { readonly least: number; readonly most: number } | undefined): number[] {
  if (!range || !(range.most > 0)) return DEFAULT_BUCKETS;
  const least = Math.floor(Math.log10(Math.max(range.least, range.most / 1e4)));
  const most = Math.ceil(Math.log10(range.most));
  const powers = Array.from({ length: most - least + 1 }, (_, index) => least + index);
  const edges = powers.flatMap((power) => STEPS.map((step) => Number((step * 10 ** power).toPrecision(2))));
  const last = edges.findIndex((edge) => edge >= range.most);
  return edges.slice(0, last + 1).slice(-MOST_BUCKETS);
}

/**
 * Returns the name of a measurement in a catalog: its unit is added to the name of the metric, so `upload_bytes` is
 * `upload`. If another measurement has that name, this one is `upload_bytes_value`, so that both stay separate.
 */
export function nameWithoutUnit(name: string, others: readonly string[]): string {
  const bare = withoutUnit(name);
  if (bare === name) return name;
  const isTaken = (wanted: string): boolean =>
    others.some((other) => other === wanted || withoutUnit(other) === wanted);
  if (bare !== "" && !isTaken(bare)) return bare;
  let [free, number] = [`${name.slice(0, MAX_STEM)}_value`, 1];
  while (isTaken(free)) {
    number += 1;
    free = `${name.slice(0, MAX_STEM)}_value_${number}`;
  }
  return free;
}

function withoutUnit(name: string): string {
  const unit = unitOf(name);
  return name.endsWith(`_${unit}`) ? name.slice(0, -unit.length - 1) : name;
}
