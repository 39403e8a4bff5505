import type { Catalog, HttpSpec } from "@rumkit/protocol";
import type { Labels } from "../metrics/descriptor.ts";
import { OTHER_VALUE } from "../metrics/labelValues.ts";

/** One request and its answer, with the data for labels. */
export interface Answer {
  /** One of `METHODS`, or the `otherMethod` of the names. */
  readonly method: string;
  readonly scheme: "http" | "https";
  /** A pattern, or `unmatched`. */
  readonly route: string;
  /** The status that was sent, or one of `UNANSWERED`. */
  readonly status: number;
}

/**
 * Ends of a request without an answer: the client left early; the server closed the connection; the client left after
 * more than `PATIENCE_SECONDS`, which is a failure of the server. The numbers differ from statuses, which begin at 100.
 */
export const UNANSWERED = { clientLeft: 0, serverClosed: 1, timedOut: 2 } as const;

/**
 * Seconds without an answer after which the server is responsible if the client leaves, because a proxy or a user gave
 * up (Nielsen, Response Times, 1993: users pay attention for ten seconds).
 */
export const PATIENCE_SECONDS = 10;

/** The names of the HTTP families and their labels. */
export interface HttpNames {
  /** A separate counter; without it, the histogram of durations counts the requests. */
  readonly requests?: string;
  readonly inFlight: string;
  readonly inFlightLabels: readonly string[];
  /** Time until the last byte was sent, by labels. */
  readonly duration: string;
  /** The same without labels, with many buckets. */
  readonly durationInDetail: string;
  /** Time until the headers were sent. */
  readonly headers: string;
  readonly requestSize: string;
  readonly responseSize: string;
  /** Label names of the endpoint alone, and of the endpoint with its answer. */
  readonly endpointLabels: readonly string[];
  readonly answerLabels: readonly string[];
  /** The label value of a method that RFC 9110 and RFC 5789 do not define. */
  readonly otherMethod: string;
  /** The label of the status. */
  readonly statusLabel: string;
  /** True if the families of durations and sizes have the labels of the answer as well. */
  readonly answersApart: boolean;
  readonly endpoint: (answer: Answer) => Labels;
  readonly answer: (answer: Answer) => Labels;
  readonly inFlightOf: (method: string, scheme: Answer["scheme"]) => Labels;
}

/** The value of the semantic conventions for a method that RFC 9110 and RFC 5789 do not define. */
export const OPEN_TELEMETRY_OTHER = "_OTHER";

/**
 * The status that nginx logs for a request without an answer: 499 if its client left (ngx_http_request.h), which is a
 * failure of the client and raises no alert; 504 if the server was too slow; 500 if it failed otherwise.
 */
const UNANSWERED_STATUSES: Readonly<Record<number, number>> = {
  [UNANSWERED.clientLeft]: 499,
  [UNANSWERED.serverClosed]: 500,
  [UNANSWERED.timedOut]: 504,
};

/** `error.type` without a status: "a low-cardinality value" of our choice, by the semantic conventions. */
const UNANSWERED_ERRORS: Readonly<Record<number, string>> = {
  [UNANSWERED.clientLeft]: "client_closed",
  [UNANSWERED.serverClosed]: "server_closed",
  [UNANSWERED.timedOut]: "timeout",
};

/** The closed set of the label. */
export const UNANSWERED_ERROR_TYPES = Object.values(UNANSWERED_ERRORS);

/** The names that the catalog selects. */
export function httpNamesOf({ http = {} }: Catalog): HttpNames {
  return http.names === "opentelemetry" ? openTelemetryNames : classicNames(http);
}

function classicNames({ status = "class" }: HttpSpec): HttpNames {
  const textOf = status === "class" ? statusClass : statusCode;
  const endpoint = ({ method, route }: Answer): Labels => ({ method, route });
  return {
    requests: "http_requests_total",
    inFlight: "http_requests_in_flight",
    inFlightLabels: [],
    duration: "http_request_duration_seconds",
    durationInDetail: "http_request_duration_highr_seconds",
    headers: "http_response_headers_duration_seconds",
    requestSize: "http_request_size_bytes",
    responseSize: "http_response_size_bytes",
    endpointLabels: ["method", "route"],
    answerLabels: ["method", "route", "status"],
    otherMethod: OTHER_VALUE,
    statusLabel: "status",
    answersApart: false,
    endpoint,
    answer: (answer) => ({
      ...endpoint(answer),
      status: textOf(UNANSWERED_STATUSES[answer.status] ?? answer.status),
    }),
    inFlightOf: () => ({}),
  };
}

/** Semantic conventions for HTTP server metrics, stable since 1.23: dots become underscores in Prometheus. */
const openTelemetryNames: HttpNames = {
  inFlight: "http_server_active_requests",
  inFlightLabels: ["http_request_method", "url_scheme"],
  duration: "http_server_request_duration_seconds",
  durationInDetail: "http_server_request_duration_highr_seconds",
  headers: "http_server_response_headers_duration_seconds",
  requestSize: "http_server_request_body_size_bytes",
  responseSize: "http_server_response_body_size_bytes",
  endpointLabels: ["http_request_method", "url_scheme", "http_route"],
  answerLabels: [
    "http_request_method",
    "url_scheme",
    "http_route",
    "http_response_status_code",
    "error_type",
  ],
  otherMethod: OPEN_TELEMETRY_OTHER,
  statusLabel: "http_response_status_code",
  answersApart: true,
  endpoint: openTelemetryEndpoint,
  answer: (answer) => ({
    ...openTelemetryEndpoint(answer),
    // "If and only if one was received/sent."
    ...(!isUnanswered(answer) && { http_response_status_code: statusCode(answer.status) }),
    ...(answer.status >= 500 && { error_type: statusCode(answer.status) }),
    ...(isUnanswered(answer) && { error_type: UNANSWERED_ERRORS[answer.status] ?? OTHER_VALUE }),
  }),
  inFlightOf: (method, scheme) => ({ http_request_method: method, url_scheme: scheme }),
};

function openTelemetryEndpoint({ method, scheme, route }: Answer): Labels {
  return { http_request_method: method, url_scheme: scheme, http_route: route };
}

function isUnanswered({ status }: Answer): boolean {
  return Object.hasOwn(UNANSWERED_ERRORS, status);
}

function statusClass(status: number): string {
  return isStatus(status) ? `${Math.floor(status / 100)}xx` : OTHER_VALUE;
}

/** A closed set, because Node sends any number from 100 to 999. */
function statusCode(status: number): string {
  return isStatus(status) ? String(status) : OTHER_VALUE;
}

/** RFC 9110, section 15: 100 to 599. */
function isStatus(status: number): boolean {
  return status >= 100 && status <= 599;
}
