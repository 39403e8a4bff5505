import type { RecordSample } from "../metrics/sample.ts";

const records = new WeakMap<object, RecordSample>();

/** Lets the servers that rumkit creates count events of their connections. */
export function shareRecord(collector: object, record: RecordSample): void {
  records.set(collector, record);
}

/**
 * Returns the function that adds a sample to a collector's metrics; one that does nothing for a collector of another
 * copy of this package.
 */
export function recordOf(collector: object): RecordSample {
  return records.get(collector) ?? (() => {});
}
