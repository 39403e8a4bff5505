import type { MetricDescriptor } from "./descriptor.ts";
import { ERROR_SOURCES, OTHER_VALUE, RESOURCE_TAGS } from "./labelValues.ts";
import { pageCounter } from "./pageFamily.ts";

/** What went wrong in a page. */
export function describeErrorMetrics(routes: readonly string[]): MetricDescriptor[] {
  return [
    pageCounter("rum_js_errors_total", "JavaScript errors, unhandled rejections apart.", {
      route: routes,
      source: ERROR_SOURCES.filter((source) => source !== "rejection"),
    }),
    pageCounter("rum_unhandled_rejections_total", "Promises that were rejected and not handled.", {
      route: routes,
    }),
    pageCounter("rum_resource_errors_total", "Resources that did not load, by the element's tag.", {
      kind: [...RESOURCE_TAGS, OTHER_VALUE],
    }),
  ];
}
