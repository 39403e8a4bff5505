/** The closed sets of the wire, by which series are counted too. */
export {
  API_FAILURES,
  BROWSERS,
  CONNECTIONS,
  DEVICES,
  DROP_REASONS,
  ERROR_SOURCES,
  EXPERIENCES,
  INP_PARTS,
  LCP_PARTS,
  LOAD_PHASES,
  NAVIGATIONS,
  PARTIES,
} from "@rumkit/protocol";

/** Sources of errors that are not faults of the app: counted separately, and in no error rate. */
export const NOTICE_SOURCES = ["notice", "opaque", "extension"] as const;

/**
 * True for the source of an error that is not a fault of the app: it appears neither in error groups nor in the log.
 */
export function isNotice(source: unknown): boolean {
  return (NOTICE_SOURCES as readonly unknown[]).includes(source);
}

/** RFC 9110, section 9.1, and RFC 5789. */
export const METHODS = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
  "CONNECT",
  "TRACE",
] as const;

/** RFC 9110, section 15: the first digit of a status is its class. */
export const STATUS_CLASSES = ["1xx", "2xx", "3xx", "4xx", "5xx"] as const;

/** Elements that load a resource and fire `error` if they cannot: of the HTML standard, and of SVG. */
export const RESOURCE_TAGS = [
  "img",
  "script",
  "link",
  "style",
  "iframe",
  "video",
  "audio",
  "source",
  "track",
  "object",
  "embed",
  "input",
  "image",
] as const;

/** The label value for data that a page did not report. */
export const UNKNOWN = "unknown";

/** The label value for data that does not exist: no element, no script, no status. */
export const NONE = "none";

/** The label value for everything outside a closed set. */
export const OTHER_VALUE = "other";

/** Outcomes of work of the backend. */
export const JOB_OUTCOMES = ["done", "error"] as const;

/** Outcomes of a streamed answer. `canceled`: its reader left before the end. */
export const STREAM_OUTCOMES = [...JOB_OUTCOMES, "canceled"] as const;

/** Outcomes of a query. `no_connection`: it was never sent, because the pool had no connection for it. */
export const QUERY_OUTCOMES = [...JOB_OUTCOMES, "no_connection"] as const;

/** Operations on a cache and their outcomes: a `get` is a hit or a miss, the others are done. */
export const CACHE_OPERATIONS = ["get", "set", "delete"] as const;
export const CACHE_OUTCOMES = ["hit", "miss", "done", "error"] as const;

export const ERROR_SEVERITIES = ["warning", "error", "critical"] as const;

/** The origins of Node's event `uncaughtExceptionMonitor`. */
export const EXCEPTION_ORIGINS = ["uncaughtException", "unhandledRejection"] as const;
