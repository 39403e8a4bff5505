import { CollectError } from "./collectError.ts";
import { type CollectRequest, NO_SNIFFING, type PlainAnswer } from "./collectRequest.ts";
import type { AllowedOrigin } from "./originList.ts";
import type { OriginPolicy, RequestOrigin } from "./originPolicy.ts";

/** What the origin of a request is read from. */
export type OriginRequest = Pick<CollectRequest, "address" | "authority" | "header">;

/** Decides whether a page may report, and returns the origin that CORS headers have to name. */
export type CheckOrigin = (request: OriginRequest) => AllowedOrigin | undefined;

export interface CheckOriginOptions {
  readonly policy: OriginPolicy;
  /** The host that a proxy of yours was asked for. */
  readonly forwardedHostOf: (request: OriginRequest) => string | undefined;
  /** A page was refused. `message` says which, and what to add. */
  readonly onDenied: (message: string) => void;
}

/** The headers by which a policy decides. */
export function createRequestOrigin({
  forwardedHostOf,
}: Pick<CheckOriginOptions, "forwardedHostOf">): (request: OriginRequest) => RequestOrigin {
  return (request) => ({
    origin: request.header("origin"),
    referer: request.header("referer"),
    host: request.authority,
    forwardedHost: forwardedHostOf(request),
    fetchSite: request.header("sec-fetch-site"),
  });
}

/** Asks a policy about requests. Throws `origin_denied`. */
export function createCheckOrigin(options: CheckOriginOptions): CheckOrigin {
  const { policy, onDenied } = options;
  const read = createRequestOrigin(options);
  return (request) => {
    const origin = read(request);
    try {
      return policy(origin);
    } catch (error) {
      // What has no Origin is no page that somebody waits for.
      if (origin.origin !== undefined && error instanceof CollectError) onDenied(error.message);
      throw error;
    }
  };
}

/** The origin that may read an answer, undefined for one origin and for an origin that may not. */
export function readableBy(request: OriginRequest, checkOrigin: CheckOrigin): AllowedOrigin | undefined {
  try {
    return checkOrigin(request);
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    return undefined;
  }
}

/** The headers by which a page may read an answer: none within one origin. */
export function readHeaders(allowed: AllowedOrigin | undefined): Record<string, string> {
  if (!allowed) return {};
  return {
    "access-control-allow-origin": allowed.origin,
    ...(allowed.isExact && { "access-control-allow-credentials": "true" }),
  };
}

/**
 * The headers by which a page of any origin may read why it was refused: for collectors in development. The answer
 * holds nothing but that. Without them the page's console says no more than "CORS".
 */
export function refusalHeaders(request: OriginRequest): Record<string, string> {
  return readHeaders(askingOrigin(request));
}

/** The origin that a request names, as if it were listed. */
function askingOrigin(request: OriginRequest): AllowedOrigin | undefined {
  const origin = request.header("origin");
  return origin === undefined ? undefined : { origin, isExact: true };
}

/** What pages send, and the headers of tracing that other tools add to every request of a page. */
const REQUEST_HEADERS = [
  "content-type",
  "content-encoding",
  "idempotency-key",
  "traceparent",
  "tracestate",
  "baggage",
  "b3",
  "sentry-trace",
];

/** Names of headers that are allowed besides: no tool adds more. */
const MOST_NAMES = 50;
const NAME = /^[\w!#$%&'*+.^`|~-]{1,100}$/;

export interface PreflightOptions {
  /** Default `POST`. */
  readonly methods?: string;
  /** Lets every origin ask, so that it reads why it is refused: for collectors in development. Default false. */
  readonly verbose?: boolean;
}

/**
 * The answer to `OPTIONS`: our own page never asks, because its requests need no preflight; others may.
 *
 * Pages that may report may send any header. The collector heeds none by which they could gain anything, and a
 * list would be short of whatever a tool of theirs adds next.
 */
export function preflightAnswer(
  request: OriginRequest,
  checkOrigin: CheckOrigin,
  { methods = "POST", verbose = false }: PreflightOptions = {},
): PlainAnswer {
  const listed = readableBy(request, checkOrigin);
  const allowed = listed ?? (verbose ? askingOrigin(request) : undefined);
  return {
    status: 204,
    headers: {
      vary: "Origin",
      ...NO_SNIFFING,
      ...(allowed && {
        ...readHeaders(allowed),
        "access-control-allow-methods": methods,
        "access-control-allow-headers": allowedHeaders(request.header("access-control-request-headers")),
        // What is refused today is asked again once it is listed.
        "access-control-max-age": listed ? "86400" : "0",
      }),
    },
    body: "",
  };
}

function allowedHeaders(asked = ""): string {
  const names = asked.toLowerCase().split(",", MOST_NAMES);
  const others = names.map((name) => name.trim()).filter((name) => NAME.test(name));
  return [...new Set([...REQUEST_HEADERS, ...others])].join(", ");
}
