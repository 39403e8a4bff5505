/** The enums of the wire format, in the order of the docs. Readers of events and labels of series use them. */

/**
 * The origin of a page view: a document was loaded, a router changed the path, the browser's back-forward cache
 * restored the page, or a prerendered page was shown.
 */
export const NAVIGATIONS = ["hard", "soft", "bfcache", "prerender"] as const;

/** Ratings of a session, the worst of its LCP, INP and CLS. */
export const EXPERIENCES = ["good", "needs_improvement", "poor"] as const;

/** Kinds of screens. */
export const DEVICES = ["desktop", "mobile", "tablet"] as const;

/** Families of browsers. */
export const BROWSERS = ["chrome", "edge", "firefox", "safari", "samsung", "other"] as const;

/** `effectiveType` of the Network Information API: how fast the network felt. */
export const CONNECTIONS = ["slow-2g", "2g", "3g", "4g"] as const;

/** The owner of a script: the page's own origin, another origin, a browser extension. */
export const PARTIES = ["first", "third", "extension"] as const;

/** The kind of the LCP element. */
export const LCP_PARTS = ["text", "image"] as const;

/** The phases of an interaction, of which INP names the longest. */
export const INP_PARTS = ["input_delay", "processing", "presentation"] as const;

/**
 * The origin of an error: `window.onerror`, an unhandled rejection, the app's own `trackError`, a React boundary or
 * root, a script of another origin without details (`opaque`), a browser extension, a worker, `console.error`.
 * `notice` is a report that is not a fault (a `ResizeObserver` loop, an aborted request), from any of these origins.
 */
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

/** Reasons for a request without an answer. */
export const API_FAILURES = ["network", "timeout", "abort"] as const;

/** Phases of a document's load. */
export const LOAD_PHASES = ["dns", "connect", "download", "interactive", "complete", "load"] as const;

/**
 * Reasons for an event that the page did not send: no room, too large, not an event, refused by the collector, too
 * old, no consent of the user, removed by `beforeSend`.
 */
export const DROP_REASONS = [
  "queue_full",
  "oversize",
  "invalid",
  "refused",
  "expired",
  "consent",
  "filtered",
] as const;

/** Reasons for a value that a service's client did not send. */
export const INGEST_DROP_REASONS = ["queue_full", "oversize", "invalid", "refused", "expired"] as const;
