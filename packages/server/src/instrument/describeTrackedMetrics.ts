import { eventRejections } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { own, ownBy } from "../metrics/ownMetric.ts";

/** Describes the outcomes of calls of server code that count nothing. */
export function describeTrackedMetrics(): MetricDescriptor[] {
  return [
    ownBy(
      "rum_tracked_events_rejected_total",
      "Calls of trackAction, trackConversion and measure in server code that were refused.",
      { reason: [...Object.keys(eventRejections), "journal_failed"] },
    ),
    own("rum_tracked_events_duplicate_total", "Server-side conversions whose id was counted before."),
  ];
}
