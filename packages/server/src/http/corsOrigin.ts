import { CollectError } from "./collectError.ts";
import { type CollectRequest, NO_SNIFFING, type PlainAnswer } from "./collectRequest.ts";
import type { AllowedOrigin } from "./originList.ts";
import type { OriginPolicy, RequestOrigin } from "./originPolicy.ts";

/** The parts of a request from which its origin is read. */
export type OriginRequest = Pick<CollectRequest, "address" | "authority" | "header">;

/** Decides whether a page may report, and returns the origin that CORS headers must name. */
export type CheckOrigin = (request: OriginRequest) => AllowedOrigin | undefined;

export interface CheckOriginOptions {
  readonly policy: OriginPolicy;
  /** Returns the host for which your proxy received the request. */
  readonly forwardedHostOf: (request: OriginRequest) => string | undefined;
  /** Called when a page was refused. `message` names the origin, and the setting to add it to. */
  readonly onDenied: (message: string) => void;
}

/** Returns a function that reads the headers on which a policy decides. */
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

/** Applies a policy to requests. Throws `origin_denied`. */
export function createCheckOrigin(options: CheckOriginOptions): CheckOrigin {
  const { policy, onDenied } = options;
  const read = createRequestOrigin(options);
  return (request) => {
    const origin = read(request);
    try {
      return policy(origin);
    } catch (error) {
      // Browsers send `Origin` with every report of a page, so this request does not come from one.
      if (origin.origin !== undefined && error instanceof CollectError) onDenied(error.message);
      throw error;
    }
  };
}

/**
 * Returns the origin that may read an answer, undefined for the same origin and for an origin that may not report.
 */
export function readableBy(request: OriginRequest, checkOrigin: CheckOrigin): AllowedOrigin | undefined {
  try {
    return checkOrigin(request);
  } catch (error) {
    if (!(error instanceof CollectError)) throw error;
    return undefined;
  }
}

/** Returns the headers by which a page may read an answer: none for the same origin. */
export function readHeaders(allowed: AllowedOrigin | undefined): Record<string, string> {
  if (!allowed) return {};
  return {
    "access-control-allow-origin": allowed.origin,
    ...(allowed.isExact && { "access-control-allow-credentials": "true" }),
  };
}

/**
 * Returns the headers by which a page of any origin may read why it was refused, for collectors in development. The
 * answer holds nothing else. Without them the page's console shows only "CORS".
 */
export function refusalHeaders(request: OriginRequest): Record<string, string> {
  return readHeaders(askingOrigin(request));
}

/** Returns the origin that a request names, whether or not it is listed. */
function askingOrigin(request: OriginRequest): AllowedOrigin | undefined {
  const origin = request.header("origin");
  return origin === undefined ? undefined : { origin, isExact: true };
}

/** The headers that pages send, and the tracing headers that other tools add to every request of a page. */
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

/** Maximum names of further headers in a preflight: no tool adds more. */
const MOST_NAMES = 50;
const NAME = /^[\w!#$%&'*+.^`|~-]{1,100}$/;

export interface PreflightOptions {
  /** Default `POST`. */
  readonly methods?: string;
  /**
   * Lets every origin send a preflight, so that its page can read why it is refused: for collectors in development.
   * Default false.
   */
  readonly verbose?: boolean;
}

/**
 * Answers `OPTIONS`. Our own page never sends a preflight, because its requests need none; others may.
 *
 * Pages that may report may send any header. No header gives a page any advantage, and a fixed list would lack the
 * header of the next tool.
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
        // Not cached, so that an origin is checked again after it was added to the list.
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
