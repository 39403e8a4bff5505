import { type Catalog, UNMATCHED_ROUTE, webVitals } from "@rumkit/protocol";
import type { MetricDescriptor } from "./descriptor.ts";
import { labelSets } from "./labelSets.ts";

/** Names of clicked elements at most: `data-rum` names come from pages, so their number has to end. */
const MAX_CLICK_NAMES = 200;

/** How an error that is no unhandled rejection was seen. */
const ERROR_SOURCES = ["uncaught", "handled", "react"] as const;

/** The families that every page reports, whatever its catalogue declares. */
export function describePageMetrics(catalog: Catalog): MetricDescriptor[] {
  const routes = { route: [...catalog.routes, UNMATCHED_ROUTE] };
  return [
    pageCounter("rum_page_views_total", "Page views by route pattern.", routes),
    pageCounter("rum_sessions_total", "Sessions that began.", {}),
    {
      ...pageCounter("rum_active_sessions", "Sessions that were heard from in the last 5 minutes.", {}),
      type: "gauge",
    },
    {
      ...pageCounter("rum_clicks_total", "Clicks on elements with a data-rum name.", {}),
      labels: ["element"],
      known: [],
      maxSeries: MAX_CLICK_NAMES,
    },
    pageCounter("rum_js_errors_total", "JavaScript errors, unhandled rejections apart.", {
      ...routes,
      source: ERROR_SOURCES,
    }),
    pageCounter("rum_unhandled_rejections_total", "Promises that were rejected and not handled.", routes),
    ...Object.values(webVitals).map((vital): MetricDescriptor => ({
      ...pageCounter(vital.metric, vital.help, routes),
      type: "histogram",
      unit: vital.unit,
      buckets: vital.buckets,
    })),
  ];
}

function pageCounter(
  name: string,
  help: string,
  labels: Readonly<Record<string, readonly string[]>>,
): MetricDescriptor {
  const known = labelSets(labels);
  return {
    name,
    type: "counter",
    help,
    unit: "none",
    side: "page",
    labels: Object.keys(labels),
    known,
    maxSeries: known.length,
  };
}
