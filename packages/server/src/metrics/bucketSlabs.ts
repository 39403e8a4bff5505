/** Allocates the buckets of histograms. */
export interface BucketSlabs {
  /** Upper edges. A typed array, which V8 reads without checking the kind of its elements. */
  readonly edges: Float64Array;
  /** A 0 for each bucket; the last bucket is above every edge. The same memory is never returned twice. */
  take(): Float64Array;
}

/**
 * Histograms that share one buffer. A separate buffer costs 250 bytes more, measured with 13 buckets. In a larger
 * buffer, the last histogram would keep the memory of too many others alive.
 */
const SHARED = 16;

export function createBucketSlabs(buckets: readonly number[]): BucketSlabs {
  const edges = Float64Array.from(buckets);
  const length = edges.length + 1;
  let slab = new Float64Array(0);
  let used = 0;
  let made = 0;
  return {
    edges,
    take: () => {
      if (used === slab.length) {
        // As many as exist already, so that a family with one series has room for only one.
        slab = new Float64Array(length * Math.min(Math.max(made, 1), SHARED));
        used = 0;
      }
      made += 1;
      used += length;
      return slab.subarray(used - length, used);
    },
  };
}
