import type { Vector } from "./selector.ts";

/** A bucket: its upper edge, and the observations up to it, by group. */
export interface Bucket {
  readonly edge: number;
  readonly upTo: Vector;
}

/**
 * Returns the quantile of a histogram by group, in its unit, as `histogram_quantile` of Prometheus: linear within a bucket, and the
 * last edge above it. Groups without observations are left out.
 *
 * @param q Between 0 and 1.
 * @param all All observations.
 */
export function quantileOf(q: number, buckets: readonly Bucket[], all: Vector): Vector {
  const values = new Map<string, number>();
  for (const [group, total] of all) {
    const known = buckets.flatMap(({ edge, upTo }) => {
      const count = upTo.get(group);
      return count === undefined ? [] : [{ edge, count }];
    });
    if (total > 0 && known.length > 0) values.set(group, within(q * total, known));
  }
  return values;
}

function within(rank: number, buckets: readonly { readonly edge: number; readonly count: number }[]): number {
  let start = 0;
  let below = 0;
  for (const { edge, count } of buckets) {
    const upTo = Math.max(count, below);
    if (upTo >= rank) {
      if (start === 0 && edge <= 0) return edge;
      return start + (edge - start) * ((rank - below) / (upTo - below));
    }
    start = edge;
    below = upTo;
  }
  return buckets.at(-1)!.edge;
}
