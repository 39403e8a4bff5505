import type { Rejection } from "../base/rejection.ts";
import type { JournalError } from "../journal/journalError.ts";
import { escapeText } from "../log/escapeLine.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";

/**
 * Node prints it on the error output, and an app can listen to `process.on("warning")` instead. Names, origins and
 * User-Agents are a stranger's text: what a terminal would obey is escaped.
 */
function warn(code: `RUMKIT_${string}`, message: string): void {
  process.emitWarning(escapeText(message), { type: "RumkitWarning", code });
}

/** A count that nobody sees any more is told once: the catalogue may have lost an entry by mistake. */
export function warnOfLeftOut(leftOut: readonly SavedSeries[]): void {
  if (leftOut.length === 0) return;
  const metrics = [...new Set(leftOut.map(({ metric }) => metric))].join(", ");
  const message = `${leftOut.length} series of the journal are not shown, because the catalogue does not describe them any more: ${metrics}.`;
  warn("RUMKIT_LEFT_OUT", message);
}

/** Warns of each reason for which a journal keeps nothing, once: it is tried again twice a second. */
export function createJournalWarning(): (failed: JournalError) => void {
  const warned = new Set<string>();
  return ({ code, message }) => {
    if (warned.has(code)) return;
    warned.add(code);
    warn("RUMKIT_JOURNAL_FAILING", message);
  };
}

/** Metrics that a warning was given of. Past it there are no more: the counter goes on. */
const MAX_WARNED = 100;

/** Warns of each metric of the app that cannot be read, once: it is read every few seconds. */
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
    "After a hot reload that is as it should be; else give each collector a registry of its own.";
  warn("RUMKIT_TAKE_OVER", message);
}

export function warnOfScrape(error: unknown): void {
  const message = `A metric of the app cannot be read: ${String(error)}`;
  warn("RUMKIT_SCRAPE_FAILED", message);
}

/** Kinds of rejections that are told in production: an app has a handful of calls that are wrong. */
const MAX_KINDS = 100;

/** In production each kind is told once: an order whose amount is lost is worth a line, and not one for each order. */
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

/** A page that is not let in sees no more than an error of CORS, so the one who runs the collector is told. */
export function warnOfOrigin(message: string): void {
  warn("RUMKIT_ORIGIN_DENIED", message);
}

/** In development: a name that is misspelt in plain JavaScript would be missing, and only the page's console knew. */
export function warnOfFault(message: string): void {
  warn("RUMKIT_PAGE_FAULT", message);
}

/**
 * Without a catalog a misspelt name is counted like any other, so each new one is told in development. From when a kind
 * has no place left, new names cannot be told apart in any number: that is told always.
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

/** Who uploads a map sees the answer; who runs the collector sees that its disk refuses. */
export function warnOfMap(message: string): void {
  warn("RUMKIT_MAP_NOT_KEPT", message);
}

/** Users with a blocker would be missing in every number, and nothing else would show it. */
export function warnOfBlockedPath(message: string): void {
  warn("RUMKIT_PATH_BLOCKED", message);
}

/** Different messages that are passed on: what strangers can cause may not fill a log. */
const MOST_MESSAGES = 20;

/** The same for faults of pages, which are told in development only. */
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
