import type { ErrorEvent, ResourceErrorEvent } from "@rumkit/protocol";
import { isNotice, OTHER_VALUE, RESOURCE_TAGS } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, once } from "../vocabulary/countedEvent.ts";

const TAGS: ReadonlySet<string> = new Set(RESOURCE_TAGS);

/** Counts one error by its source; unhandled rejections and notices have separate families. */
export function countError({ source }: ErrorEvent, { route, times }: Occurrence): Sample[] {
  if (source === "rejection") return [once("rum_unhandled_rejections_total", { route }, times)];
  const family = isNotice(source) ? "rum_notices_total" : "rum_js_errors_total";
  return [once(family, { route, source }, times)];
}

/** Counts one resource that did not load, by the tag of its element. */
export function countResourceError({ name }: ResourceErrorEvent, { times }: Occurrence): Sample[] {
  const tag = name.toLowerCase();
  return [once("rum_resource_errors_total", { kind: TAGS.has(tag) ? tag : OTHER_VALUE }, times)];
}
