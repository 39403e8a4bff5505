/** The order of groups in `GET /api/rumkit/errors`: the most recent first, or the most frequent first. */
export type ErrorOrder = "newest" | "frequent";

/**
 * Errors of pages with the same fingerprint, which is one fault. Every string is scrubbed text from a page: show it,
 * never interpret it.
 */
export interface ErrorGroup {
  /** 12 hexadecimal digits, the same for the same fault; also an attribute of the live tail's entries. */
  fingerprint: string;
  /** The constructor's name: `TypeError`. */
  name: string;
  /** The message of the first error that had one. */
  message: string;
  /** Errors of this group since the collector started, or since the group was last dropped. */
  count: number;
  /** Milliseconds since 1970, by the collector's clock. */
  firstSeen: number;
  lastSeen: number;
  /** Counts by release; those that exceed ten are `__other__`. */
  releases: Record<string, number>;
  /** Counts by route; those that exceed twenty are `__other__`. */
  routes: Record<string, number>;
  /** Counts by source: `uncaught`, `rejection`, `react`. */
  sources: Record<string, number>;
  /** Counts by family of the browser: `chrome`, `firefox`; those that exceed ten are `__other__`. */
  browsers: Record<string, number>;
  /**
   * Sessions that reported it: exact up to `EXACT_SESSIONS`, above an estimate with a standard error of 3.3 %. Sessions
   * that a page leaves out by its sampling are not in it.
   */
  sessions: number;
  /** The frames of one of these errors, the innermost first: `addToCart (src/cart.ts:12:7)`. */
  stack: string[];
  /** True if a source map resolved the stack. */
  resolved: boolean;
}

/** `ErrorGroup.sessions` is exact up to this number. */
export const EXACT_SESSIONS = 100;

/**
 * The answer of `GET /api/rumkit/errors`: a sample of recent errors. The exact count is `rum_js_errors_total`. Notices
 * (`rum_notices_total`) are in no group. The counts of all groups and `forgotten` add up to `seen`. Groups are in memory:
 * a collector that starts again begins without any.
 */
export interface ErrorGroups {
  /** Errors since the collector started. */
  seen: number;
  /** Errors whose groups were dropped for newer ones. */
  forgotten: number;
  /** Groups in memory; the answer may contain fewer. */
  remembered: number;
  groups: ErrorGroup[];
}
