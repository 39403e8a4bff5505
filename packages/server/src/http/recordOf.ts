import type { RecordSample } from "../metrics/sample.ts";

const records = new WeakMap<object, RecordSample>();

/** Lets the servers that we make ourselves count what happens to their connections. */
export function shareRecord(collector: object, record: RecordSample): void {
  records.set(collector, record);
}

/** How a sample is added to a collector's metrics; to nothing for a collector of another copy of this package. */
export function recordOf(collector: object): RecordSample {
  return records.get(collector) ?? (() => {});
}
