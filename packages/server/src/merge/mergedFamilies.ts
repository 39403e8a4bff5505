import { describeBatchMetrics } from "../collect/batchOutcome.ts";
import { isKept, type MetricDescriptor } from "../metrics/descriptor.ts";

/** Gauges of the collector that describe visitors, and not the process. */
const VISITOR_GAUGES = new Set(["rum_active_sessions"]);

/** Counters of the collector about batches of pages. */
const BATCH_COUNTERS = new Set(describeBatchMetrics().map(({ name }) => name));

/**
 * True if frames have the family: everything about the app and its visitors. Metrics about the process of an aggregator,
 * such as its position in the log and the values of series that it ended, belong to the aggregator alone.
 */
export function isMerged({ name, side, isInfo }: MetricDescriptor): boolean {
  if (isInfo) return false;
  return side !== "collector" || BATCH_COUNTERS.has(name) || VISITOR_GAUGES.has(name);
}

/** True if frames can say the total of each series, which survives a restart of the aggregator. */
export function hasTotals(descriptor: MetricDescriptor): boolean {
  return isMerged(descriptor) && descriptor.side !== "collector" && isKept(descriptor);
}
