import type { Rejection } from "../base/rejection.ts";
import type { JournalError } from "../journal/journalError.ts";
import { escapeText } from "../log/escapeLine.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";

/**
 * Node prints it to standard error, and an app can listen to `process.on("warning")` instead. Names, origins and
 * User-Agents are text of strangers: control characters of terminals are escaped.
 */
function warn(code: `RUMKIT_${string}`, message: string): void {
  process.emitWarning(escapeText(message), { type: "RumkitWarning", code });
}

/** A count that is not shown any more is reported once: the catalog may have lost an entry by mistake. */
export function warnOfLeftOut(leftOut: readonly SavedSeries[]): void {
  if (leftOut.length === 0) return;
  const metrics = [...new Set(leftOut.map(({ metric }) => metric))].join(", ");
  const message = `${leftOut.length} series of the journal are not shown, because the catalog does not describe them any more: ${metrics}.`;
  warn("RUMKIT_LEFT_OUT", message);
}

/** Warns once of each reason for which a journal keeps nothing: it is tried again twice a second. */
export function createJournalWarning(): (failed: JournalError) => void {
  const warned = new Set<string>();
  return ({ code, message }) => {
    if (warned.has(code)) return;
    warned.add(code);
    warn("RUMKIT_JOURNAL_FAILING", message);
  };
}

/** Metrics for which a warning was printed. Beyond the limit there are no more warnings: the counter goes on. */
const MAX_WARNED = 100;

/** Warns once of each metric of the app that cannot be read: it is read every few seconds. */
export function createUnreadableWarning(): (metric: string, error: unknown, name?: string) => void {
  const warned = new Set<string>();
  return (metric, error, name) => {
    const which = name === undefined ? metric : `${metric} of "${name}"`;
    if (warned.has(which) || warned.size >= MAX_WARNED) return;
    warned.add(which);
    const message = `${which} cannot be read, so it has no sample in /metrics: ${String(error)}`;
    warn("RUMKIT_UNREADABLE", message);
  };
}

/** In development only: in production two collectors on one registry are a mistake, and refused. */
export function warnOfTakeOver(app: string): void {
  const message =
    `A second collector of "${app}" took the registry over from one that was not stopped. ` +
    "After a hot reload this is expected; otherwise give each collector a separate registry.";
  warn("RUMKIT_TAKE_OVER", message);
}

export function warnOfScrape(error: unknown): void {
  const message = `A metric of the app cannot be read: ${String(error)}`;
  warn("RUMKIT_SCRAPE_FAILED", message);
}

/** Kinds of rejections that are reported in production: an app has a handful of calls that are wrong. */
const MAX_KINDS = 100;

/**
 * In production each kind is reported once: an order whose amount is lost is worth a line, but not one for each
 * order.
 */
export function createRejectionWarning(verbose: boolean): (rejection: Rejection, kind: string) => void {
  const told = new Set<string>();
  return (rejection, kind) => {
    if (!verbose) {
      if (told.has(kind) || told.size >= MAX_KINDS) return;
      told.add(kind);
    }
    warnOfRejection(rejection);
  };
}

function warnOfRejection({ message }: Rejection): void {
  warn("RUMKIT_REJECTED", message);
}

/** A refused page sees only a CORS error, so the operator of the collector gets the reason. */
export function warnOfOrigin(message: string): void {
  warn("RUMKIT_ORIGIN_DENIED", message);
}

/**
 * In development: a misspelt name in plain JavaScript would be missing, and only the page's console would report it.
 */
export function warnOfFault(message: string): void {
  warn("RUMKIT_PAGE_FAULT", message);
}

/**
 * Without a catalog a misspelt name is counted like any other, so each new one is reported in development. Once a
 * kind has no place left, new names are merged in every metric: that is always reported.
 */
export function learnedWarnings(verbose: boolean): {
  readonly nameLearned: (message: string) => void;
  readonly namesFull: (message: string) => void;
} {
  return {
    nameLearned: verbose ? (message) => warn("RUMKIT_NAME_LEARNED", message) : () => {},
    namesFull: (message) => warn("RUMKIT_NAMES_FULL", message),
  };
}

/** The uploader of a map sees the answer; the operator of the collector sees that its disk refuses. */
export function warnOfMap(message: string): void {
  warn("RUMKIT_MAP_NOT_KEPT", message);
}

/** Users with a blocker would be missing in every metric, and nothing else would show it. */
export function warnOfBlockedPath(message: string): void {
  warn("RUMKIT_PATH_BLOCKED", message);
}

/** Different messages that are passed on: text from strangers must not fill a log. */
const MOST_MESSAGES = 20;

/** The same for faults of pages, which are reported in development only. */
export const MOST_FAULTS = 100;

/** Passes each message on once, `most` at most. */
export function tellOnce(tell: (message: string) => void, most = MOST_MESSAGES): (message: string) => void {
  const told = new Set<string>();
  return (message) => {
    if (told.size >= most || told.has(message)) return;
    told.add(message);
    tell(message);
  };
}
