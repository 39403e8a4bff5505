import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { own } from "../metrics/ownMetric.ts";

/** Metrics of the app that fail at the same time: more is a fault of the registry itself. */
const MAX_UNREADABLE = 100;

/** Describes the failures of the metrics that the app registered itself. */
export function describeRegistryMetrics(): MetricDescriptor[] {
  return [
    {
      ...own(
        "rum_metric_read_failures_total",
        "Times that a metric of the app could not be read: it was left out, and the others were shown.",
      ),
      labels: ["metric"],
      known: [],
      maxSeries: MAX_UNREADABLE,
    },
  ];
}
