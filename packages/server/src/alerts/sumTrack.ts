import { createRing, type Ring } from "./ring.ts";

/** The sum and the number of a window's samples. */
export interface Total {
  readonly sum: number;
  readonly count: number;
}

/** Sums of samples over windows: `sum_over_time` and `count_over_time` of Prometheus. Times are steady milliseconds. */
export interface SumTrack {
  readonly rings: ReadonlyMap<number, { readonly sums: Ring; readonly counts: Ring }>;
  readonly total: Total;
  /** Bytes of its rings. */
  readonly bytes: number;
  /** Adds samples of one moment, or of the time up to it. */
  add(at: number, sum: number, count: number): void;
  /** Goes on from an earlier process. */
  resume(total: Total): void;
  /** Returns the total of the window from `from` to `to`, both included. */
  over(from: number, to: number, slotSeconds: number): Total;
}

/** @param slots Slots of each ring, by the seconds of a slot. */
export function createSumTrack(slots: ReadonlyMap<number, number>): SumTrack {
  const rings = new Map(
    [...slots].map(([seconds, count]) => {
      const create = (): Ring => createRing(seconds * 1000, count);
      return [seconds, { sums: create(), counts: create() }];
    }),
  );
  let total: Total = { sum: 0, count: 0 };
  return {
    rings,
    bytes: [...rings.values()].reduce((sum, { sums }) => sum + sums.length * 16, 0),
    get total() {
      return total;
    },
    add: (at, sum, count) => {
      for (const { sums, counts } of rings.values()) {
        const slot = Math.floor(at / sums.slotMs);
        if (slot <= sums.last) continue;
        sums.set(slot, total.sum, total.sum);
        counts.set(slot, total.count, total.count);
      }
      total = { sum: total.sum + sum, count: total.count + count };
    },
    resume: (earlier) => {
      total = earlier;
    },
    over: (from, to, slotSeconds) => {
      const { sums, counts } = rings.get(slotSeconds)!;
      const begin = Math.ceil(from / sums.slotMs);
      const end = Math.floor(to / sums.slotMs) + 1;
      return {
        sum: before(sums, end, total.sum) - before(sums, begin, total.sum),
        count: before(counts, end, total.count) - before(counts, begin, total.count),
      };
    },
  };
}

/** Returns the total of all samples before a slot. */
function before(ring: Ring, slot: number, now: number): number {
  if (slot > ring.last) return now;
  const found = ring.at(Math.max(slot, ring.first));
  // A slot before the first one that is known: nothing was added up to then.
  return Number.isNaN(found) ? ring.at(ring.begun) : found;
}
