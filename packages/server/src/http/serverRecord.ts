import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { collectorCounterBy } from "../metrics/describeFamily.ts";
import type { RecordSample, Sample } from "../metrics/sample.ts";

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

/**
 * The reason for which a server closes a connection: it made room for another one (`evicted`), there was no room for
 * it (`refused`), its client read nothing of an answer for a minute (`unread`), or it sent hundreds of requests at
 * once (`pipelined`).
 */
export type CutReason = "evicted" | "refused" | "unread" | "pipelined";

/** Returns the sample that counts a closed connection. */
export function cutSample(reason: CutReason): Sample {
  return { metric: "rum_connections_cut_total", labels: { reason }, value: 1 };
}

/** A record, so that a missing reason is a compile error. */
const reasons: Record<CutReason, true> = { evicted: true, refused: true, unread: true, pipelined: true };

/** Describes the connections that a server closes. */
export function describeConnectionMetrics(): MetricDescriptor[] {
  return [
    collectorCounterBy(
      "rum_connections_cut_total",
      "Connections that the server closed: too many, unread, or hundreds of requests at once.",
      { reason: Object.keys(reasons) },
    ),
  ];
}
