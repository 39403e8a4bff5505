import type { Catalog } from "@rumkit/protocol";
import { pageViews } from "./pageViews.ts";
import { clicks } from "./clicks.ts";
import { createMetricsWith } from "./createMetricsWith.ts";
import { errors } from "./errors.ts";
import type { Metrics, MetricsOptions } from "./metrics.ts";
import { vitals } from "./vitals.ts";

/**
 * Creates the client of a page with all sources: page views, clicks, Web Vitals and errors.
 *
 * Never throws. On a server (no `document`) it creates a client that does nothing.
 *
 * @example
 * import type { catalog } from "./catalog.ts";
 * export const { trackAction } = createMetrics<typeof catalog>({ release: "1.4.2" });
 */
export function createMetrics<C extends Catalog = Catalog>(options?: MetricsOptions | null): Metrics<C> {
  return createMetricsWith<C>([pageViews(), clicks(), errors(), vitals()], options);
}
