import type { MetricDescriptor } from "../metrics/descriptor.ts";
import {
  ERROR_SOURCES,
  isNotice,
  NOTICE_SOURCES,
  OTHER_VALUE,
  RESOURCE_TAGS,
} from "../metrics/labelValues.ts";
import { pageCounter } from "../metrics/describeFamily.ts";
import type { ErrorEvent, ResourceErrorEvent } from "@rumkit/protocol";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, increment } from "../vocabulary/countedEvent.ts";

/** Sources that have separate families. */
const APART: readonly string[] = ["rejection", ...NOTICE_SOURCES];

/** Describes the errors of a page. */
export function describeErrorMetrics(routes: readonly string[]): MetricDescriptor[] {
  return [
    pageCounter("rum_js_errors_total", "JavaScript errors, without unhandled rejections.", {
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

const TAGS: ReadonlySet<string> = new Set(RESOURCE_TAGS);

/** Counts one error by its source; unhandled rejections and notices have separate families. */
export function countError({ source }: ErrorEvent, { route, times }: Occurrence): Sample[] {
  if (source === "rejection") return [increment("rum_unhandled_rejections_total", { route }, times)];
  const family = isNotice(source) ? "rum_notices_total" : "rum_js_errors_total";
  return [increment(family, { route, source }, times)];
}

/** Counts one resource that did not load, by the tag of its element. */
export function countResourceError({ name }: ResourceErrorEvent, { times }: Occurrence): Sample[] {
  const tag = name.toLowerCase();
  return [increment("rum_resource_errors_total", { kind: TAGS.has(tag) ? tag : OTHER_VALUE }, times)];
}
