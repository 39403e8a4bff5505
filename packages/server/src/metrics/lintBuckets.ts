/** Finite buckets of a histogram at most: each is a series of its own in Prometheus. */
const MAX_BUCKETS = 30;

/** Says what is wrong with the bucket edges of a histogram. */
export function lintBuckets(path: string, buckets: readonly number[]): string[] {
  const increasing = buckets.every((edge, index) => index === 0 || edge > (buckets[index - 1] ?? 0));
  return [
    ...(increasing && buckets.every(Number.isFinite)
      ? []
      : [`${path}.buckets have to increase and be finite.`]),
    ...(buckets.length >= 1 && buckets.length <= MAX_BUCKETS
      ? []
      : [`${path} has ${buckets.length} buckets; 1 to ${MAX_BUCKETS}.`]),
  ];
}
