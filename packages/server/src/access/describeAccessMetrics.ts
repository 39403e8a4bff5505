import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { ownBy } from "../metrics/ownMetric.ts";
import { DENIABLE } from "./accessOptions.ts";

/** Describes the requests that `access` refuses. */
export function describeAccessMetrics(): MetricDescriptor[] {
  return [
    ownBy(
      "rum_access_denied_total",
      "Requests that were denied: their secret, or the name in Host, does not open the scope.",
      { scope: DENIABLE },
    ),
  ];
}
