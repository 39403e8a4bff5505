import { errorText } from "../base/looseValue.ts";
import type { Rejection } from "../base/rejection.ts";
import type { JournalError } from "../journal/journal.ts";
import { escapeText } from "../log/log.ts";
import { toLabelValue } from "../metrics/descriptor.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";

/**
 * Emits a warning of the process. Node prints it to standard error, and an app can handle it by
 * `process.on("warning")`. Control characters are escaped, because names, origins and User-Agents come from strangers.
 */
function warn(code: `RUMKIT_${string}`, message: string): void {
  process.emitWarning(escapeText(message), { type: "RumkitWarning", code });
}

/** Warns once of series that are not exposed any more: an entry may have been removed from the catalog by mistake. */
export function warnOfLeftOut(leftOut: readonly SavedSeries[]): void {
  if (leftOut.length === 0) return;
  const metrics = [...new Set(leftOut.map(({ metric }) => metric))].join(", ");
  const message = `${leftOut.length} series of the journal are not shown, because the catalog does not describe them any more: ${metrics}.`;
  warn("RUMKIT_LEFT_OUT", message);
}

/** Warns once of each reason for a failed journal: it retries twice per second. */
export function createJournalWarning(): (failed: JournalError) => void {
  const warned = new Set<string>();
  return ({ code, message }) => {
    if (warned.has(code)) return;
    warned.add(code);
    warn("RUMKIT_JOURNAL_FAILING", message);
  };
}

/** Metrics for which a warning was printed. Beyond the limit there are no more warnings, only the counter. */
const MAX_WARNED = 100;

/** Warns once of each metric of the app that cannot be read, because it is read every few seconds. */
export function createUnreadableWarning(): (metric: string, error: unknown, name?: string) => void {
  const warned = new Set<string>();
  return (metric, error, name) => {
    const which = name === undefined ? metric : `${metric} of "${toLabelValue(name)}"`;
    if (warned.has(which) || warned.size >= MAX_WARNED) return;
    warned.add(which);
    const message = `${which} cannot be read, so it has no sample in /metrics: ${errorText(error)}`;
    warn("RUMKIT_UNREADABLE", message);
  };
}

/** For development only: in production, a second collector on one registry is refused. */
export function warnOfTakeOver(app: string): void {
  const message =
    `A second collector of "${app}" took the registry over from one that was not stopped. ` +
    "After a hot reload this is expected; otherwise give each collector a separate registry.";
  warn("RUMKIT_TAKE_OVER", message);
}

/** Returns a warning about a collector that does not answer this worker. It is printed once: attempts follow each second. */
export function warnOfLink(socket: string): (error: unknown) => void {
  let hasWarned = false;
  return (error) => {
    if (hasWarned) return;
    hasWarned = true;
    const message =
      `The collector on ${socket} does not answer this worker: ${String(error)} ` +
      "What the worker counts is kept, and sent once it answers.";
    warn("RUMKIT_LINK", message);
  };
}

export function warnOfScrape(error: unknown): void {
  const message = `A metric of the app cannot be read: ${errorText(error)}`;
  warn("RUMKIT_SCRAPE_FAILED", message);
}

/** Returns a warning about alerts that is printed once of each kind: they are evaluated every second. */
export function createAlertsWarning(): (kind: string, sentence: string) => void {
  const warned = new Set<string>();
  return (kind, sentence) => {
    if (warned.has(kind) || warned.size >= MAX_WARNED) return;
    warned.add(kind);
    warn("RUMKIT_ALERTS", sentence);
  };
}

/** Maximum paths that are reported: the collector has a few dozen. */
const MAX_HIDDEN = 50;

/** Returns a warning about a route of the collector that the app answers itself, once for each path. */
export function createHiddenWarning(): (path: string) => void {
  return reportOnce(
    (path) =>
      warn(
        "RUMKIT_HIDDEN_ROUTE",
        `${path} is a route of the collector, but a handler before it has answered, such as a catch-all. Mount collector.app before it, or set livePath or apiPath.`,
      ),
    MAX_HIDDEN,
  );
}

/** Returns a warning about the push that is printed once of each kind: it is tried again every few seconds. */
export function createPushWarning(): (kind: string, sentence: string) => void {
  const warned = new Set<string>();
  return (kind, sentence) => {
    if (warned.has(kind)) return;
    warned.add(kind);
    warn("RUMKIT_PUSH", sentence);
  };
}

/** Maximum kinds of rejections that are reported in production. An app has only a few wrong calls. */
const MAX_KINDS = 100;

/**
 * Reports refused calls of server code. In production, each kind is reported once: a lost amount deserves a line, but
 * not one per order.
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

/** For development: otherwise only the page's console would report a misspelled name. */
export function warnOfFault(message: string): void {
  warn("RUMKIT_PAGE_FAULT", message);
}

/**
 * Without a catalog a misspelled name is counted like any other, so each new name is reported in development. Once the
 * limit of a kind is reached, new names are merged into `__other__`, which is always reported.
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

/** The uploader of a map gets an answer; this warning informs the operator of the collector about the disk. */
export function warnOfMap(message: string): void {
  warn("RUMKIT_MAP_NOT_KEPT", message);
}

/**
 * Reports that blockers stop pages from sending. Those users are missing in every metric, and nothing else shows it.
 */
export function warnOfBlockedPath(message: string): void {
  warn("RUMKIT_PATH_BLOCKED", message);
}

/** Tells the operator what happens between collectors that share a log. */
export function warnOfCluster(message: string): void {
  warn("RUMKIT_CLUSTER", message);
}

/** Maximum different messages that are reported, because text from strangers must not fill a log. */
const MOST_MESSAGES = 20;

/** The same limit for faults of pages, which are reported in development only. */
export const MOST_FAULTS = 100;

/** Returns a function that passes each message on once, and `most` messages in total. */
export function reportOnce(
  report: (message: string) => void,
  most = MOST_MESSAGES,
): (message: string) => void {
  const reported = new Set<string>();
  return (message) => {
    if (reported.size >= most || reported.has(message)) return;
    reported.add(message);
    report(message);
  };
}

/** Returns a warning about an edge that is printed once a minute of each kind: the log may come and go. */
export function createEdgeWarning(): (kind: string, sentence: string) => void {
  const warned = new Map<string, number>();
  return (kind, sentence) => {
    const now = performance.now();
    if (now - (warned.get(kind) ?? -Infinity) < 60_000) return;
    warned.set(kind, now);
    warn("RUMKIT_EDGE", sentence);
  };
}
