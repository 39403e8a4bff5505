import { type Check, type Faults, list, number, type Path } from "../base/shape.ts";

/** Maximum finite buckets of a histogram: each one is a separate series in Prometheus. */
const MAX_BUCKETS = 30;

const checkEdges = list(number("a number"), { example: "[0.1, 0.5, 1]", least: 1 });

/** Checks the upper edges of a histogram. */
export const checkBuckets: Check = (buckets, path, faults) => {
  const before = faults.found.length;
  checkEdges(buckets, path, faults);
  if (faults.found.length === before) boundBuckets(buckets as readonly number[], path, faults);
};

/** Checks that numeric edges increase, and are few. */
export function boundBuckets(buckets: readonly number[], path: Path, faults: Faults): void {
  const falls = buckets.findIndex((edge, index) => index > 0 && edge <= buckets[index - 1]!);
  if (falls > 0)
    faults.add(path, `must increase, but ${buckets[falls]} comes after ${buckets[falls - 1]}. Sort them.`);
  if (buckets.length > MAX_BUCKETS)
    faults.add(path, `has ${buckets.length} buckets; ${MAX_BUCKETS} at most. Leave some out.`);
}
