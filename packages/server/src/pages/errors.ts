import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { ERROR_SOURCES, NOTICE_SOURCES, OTHER_VALUE, RESOURCE_TAGS } from "../metrics/labelValues.ts";
import { pageCounter } from "../metrics/pageFamily.ts";

/** Sources that have separate families. */
const APART: readonly string[] = ["rejection", ...NOTICE_SOURCES];

/** Describes the errors of a page. */
export function describeErrorMetrics(routes: readonly string[]): MetricDescriptor[] {
  return [
    pageCounter("rum_js_errors_total", "JavaScript errors, unhandled rejections apart.", {
      route: routes,
      source: ERROR_SOURCES.filter((source) => !APART.includes(source)),
    }),
    pageCounter("rum_unhandled_rejections_total", "Promises that were rejected and not handled.", {
      route: routes,
    }),
    pageCounter(
      "rum_notices_total",
      "Errors that do not come from the app's own code: messages of the browser and requests that were cancelled (notice), errors of browser extensions (extension), errors of scripts from another origin, which the browser hides (opaque).",
      { route: routes, source: NOTICE_SOURCES },
    ),
    pageCounter("rum_resource_errors_total", "Resources that did not load, by the element's tag.", {
      kind: [...RESOURCE_TAGS, OTHER_VALUE],
    }),
  ];
}
