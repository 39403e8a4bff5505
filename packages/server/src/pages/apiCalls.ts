import { type ApiCallEvent, createRouteMatcher, type LabelSpec, withoutParameters } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { API_FAILURES, METHODS, NONE, OTHER_VALUE, STATUS_CLASSES } from "../metrics/labelValues.ts";
import { lazyPageCounter, pageHistogram } from "../metrics/describeFamily.ts";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, increment } from "../vocabulary/countedEvent.ts";
import { rememberMatches } from "../base/rememberMatches.ts";

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

const KNOWN_METHODS: ReadonlySet<string> = new Set(METHODS);

/** Counts calls to APIs by the endpoints that the catalog declares. */
export function createApiSamples(
  endpoints: readonly string[],
): (event: ApiCallEvent, at: Occurrence) => Sample[] {
  const matchEndpoint = createEndpointMatcher(endpoints);
  return (event, { times }) => {
    const calls = { api_endpoint: matchEndpoint(event.name), method: methodOf(event) };
    const kind = failureOf(event);
    const samples = isAnswered(event) ? [observeAnswer(event, calls, times)] : [];
    if (kind !== undefined) samples.push(increment("rum_api_errors_total", { ...calls, kind }, times));
    return samples;
  };
}

/** Matches paths and URLs separately: `/:a/:b` does not match `https://api.example`. */
function createEndpointMatcher(endpoints: readonly string[]): (name: string) => string {
  const isPath = (name: string): boolean => name.startsWith("/");
  const matchPath = createRouteMatcher(endpoints.filter(isPath));
  const matchUrl = createRouteMatcher(endpoints.filter((endpoint) => !isPath(endpoint)));
  return rememberMatches((name) => (isPath(name) ? matchPath : matchUrl)(withoutParameters(name)));
}

function methodOf({ method }: ApiCallEvent): string {
  if (method === undefined) return NONE;
  return KNOWN_METHODS.has(method) ? method : OTHER_VALUE;
}

/** True if a call was answered. The duration of other calls says nothing about the API's speed. */
function isAnswered({ failure, status }: ApiCallEvent): boolean {
  return failure === undefined || status !== undefined;
}

function observeAnswer(
  { value, status }: ApiCallEvent,
  calls: { api_endpoint: string; method: string },
  times: number,
): Sample {
  const labels = { ...calls, status: status === undefined ? NONE : classOf(status) };
  return { metric: "rum_api_request_duration_seconds", labels, value, times };
}

function failureOf({ failure, status = 0 }: ApiCallEvent): string | undefined {
  return failure ?? (status >= 400 ? classOf(status) : undefined);
}

/** Returns the class of a status: 404 is of the class "4xx". */
function classOf(status: number): string {
  return `${Math.floor(status / 100)}xx`;
}
