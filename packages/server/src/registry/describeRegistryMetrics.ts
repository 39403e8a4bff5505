import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { own } from "../metrics/ownMetric.ts";

/** Maximum metrics of the app that are reported as unreadable: if more fail, the registry itself is broken. */
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
