import { type ApiCallEvent, createRouteMatcher } from "@rumkit/protocol";
import { METHODS, NONE, OTHER_VALUE } from "../metrics/labelValues.ts";
import type { Sample } from "../metrics/sample.ts";
import { type Occurrence, once } from "../vocabulary/countedEvent.ts";
import { rememberMatches } from "../base/rememberMatches.ts";

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
    if (kind !== undefined) samples.push(once("rum_api_errors_total", { ...calls, kind }, times));
    return samples;
  };
}

/** Matches paths and URLs separately: `/:a/:b` does not match `https://api.example`. */
function createEndpointMatcher(endpoints: readonly string[]): (name: string) => string {
  const isPath = (name: string): boolean => name.startsWith("/");
  const matchPath = createRouteMatcher(endpoints.filter(isPath));
  const matchUrl = createRouteMatcher(endpoints.filter((endpoint) => !isPath(endpoint)));
  return rememberMatches((name) => (isPath(name) ? matchPath(name) : matchUrl(name)));
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
