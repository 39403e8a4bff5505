import type { LabelSpec } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { API_FAILURES, METHODS, NONE, OTHER_VALUE, STATUS_CLASSES } from "../metrics/labelValues.ts";
import { lazyPageCounter, pageHistogram } from "../metrics/pageFamily.ts";

/** Seconds: from an answer of the browser's cache to one that few users wait for. */
const API_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * Maximum label sets of an API family, as for the backend's HTTP families: 200 endpoints with one or two methods, and
 * a few statuses each.
 */
const MAX_API_SERIES = 2_000;

/** The answers that count as failures. */
const FAILED_ANSWERS = ["4xx", "5xx"];

/**
 * Describes the calls of the API as pages saw them, by endpoint. Most combinations of endpoint, method and answer
 * never occur.
 */
export function describeApiMetrics(endpoints: readonly string[]): MetricDescriptor[] {
  const calls = { api_endpoint: endpoints, method: [...METHODS, OTHER_VALUE, NONE] };
  const answers = { ...calls, status: [...STATUS_CLASSES, NONE] };
  const failures = { ...calls, kind: [...FAILED_ANSWERS, ...API_FAILURES] };
  return [
    {
      ...pageHistogram(
        "rum_api_request_duration_seconds",
        "Time until the API had answered, as pages saw it.",
        { unit: "seconds", buckets: API_BUCKETS },
        { api_endpoint: [], method: [], status: [] },
      ),
      values: answers,
      maxSeries: seriesOf(answers),
    },
    lazyPageCounter(
      "rum_api_errors_total",
      "Requests to the API that failed or were answered with an error.",
      failures,
      seriesOf(failures),
    ),
  ];
}

function seriesOf(labels: LabelSpec): number {
  const product = Object.values(labels).reduce((sets, values) => sets * values.length, 1);
  return Math.min(product, MAX_API_SERIES);
}
