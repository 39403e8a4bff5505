/** Times of any number of requests in bounded memory: quantiles are at most 2 % too high. */
export interface Times {
  add(ms: number): void;
  /** The time below which this share of all requests took, in milliseconds; undefined without requests. */
  quantile(share: number): number | undefined;
  readonly highest: () => number | undefined;
}

const GROWTH = Math.log(1.02);

/** Shorter times are not told apart, in milliseconds. */
const LEAST_MS = 0.01;

export function createTimes(): Times {
  const counts = new Map<number, number>();
  let total = 0;
  let highest: number | undefined;
  return {
    add: (ms) => {
      const bucket = Math.ceil(Math.log(Math.max(ms, LEAST_MS)) / GROWTH);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
      total += 1;
      highest = Math.max(highest ?? 0, ms);
    },
    quantile: (share) => {
      let left = share * total;
      for (const [bucket, count] of [...counts].toSorted(([a], [b]) => a - b)) {
        left -= count;
        if (left <= 0) return Math.min(Math.exp(bucket * GROWTH), highest!);
      }
      return highest;
    },
    highest: () => highest,
  };
}
