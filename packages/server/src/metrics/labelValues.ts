/**
 * The closed sets of what pages say. The schema reads events by them and the descriptors count series by them;
 * a type test pins them to the protocol, so that a value that it gains is a compile error here.
 */
export const NAVIGATIONS = ["hard", "soft", "bfcache", "prerender"] as const;

export const EXPERIENCES = ["good", "needs_improvement", "poor"] as const;

export const DEVICES = ["desktop", "mobile", "tablet"] as const;

export const BROWSERS = ["chrome", "edge", "firefox", "safari", "samsung", "other"] as const;

export const CONNECTIONS = ["slow-2g", "2g", "3g", "4g"] as const;

export const PARTIES = ["first", "third", "extension"] as const;

export const LCP_PARTS = ["text", "image"] as const;

export const INP_PARTS = ["input_delay", "processing", "presentation"] as const;

export const ERROR_SOURCES = [
  "uncaught",
  "rejection",
  "handled",
  "react",
  "opaque",
  "extension",
  "worker",
  "console",
  "notice",
] as const;

/** Sources of errors that are no faults of the app: counted apart, and in no error rate. */
export const NOTICE_SOURCES = ["notice", "opaque", "extension"] as const;

/** True for the source of an error that is no fault of the app: it is in no group of errors and not in the log. */
export function isNotice(source: unknown): boolean {
  return (NOTICE_SOURCES as readonly unknown[]).includes(source);
}

export const API_FAILURES = ["network", "timeout", "abort"] as const;

export const LOAD_PHASES = ["dns", "connect", "download", "interactive", "complete", "load"] as const;

export const DROP_REASONS = [
  "queue_full",
  "oversize",
  "invalid",
  "refused",
  "expired",
  "consent",
  "filtered",
] as const;

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

/** Elements that load something and say so when they cannot: HTML standard, the event `error`, and SVG's. */
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

/** The value of a label of ours that a page did not tell. */
export const UNKNOWN = "unknown";

/** The value of a label whose thing does not exist: no element, no script, no status. */
export const NONE = "none";

/** The value of a label for everything outside its closed set. */
export const OTHER_VALUE = "other";

/** How work of the backend ended. */
export const JOB_OUTCOMES = ["done", "error"] as const;

/** How a query ended. `no_connection`: it was never sent, since the pool had no connection for it. */
export const QUERY_OUTCOMES = [...JOB_OUTCOMES, "no_connection"] as const;

/** What an app does with a cache, and what comes of it: a `get` is a hit or a miss, the others are done. */
export const CACHE_OPERATIONS = ["get", "set", "delete"] as const;
export const CACHE_OUTCOMES = ["hit", "miss", "done", "error"] as const;

export const ERROR_SEVERITIES = ["warning", "error", "critical"] as const;

/** Node's own words, of the event `uncaughtExceptionMonitor`. */
export const EXCEPTION_ORIGINS = ["uncaughtException", "unhandledRejection"] as const;
