import type { ReportedError } from "../errors/errorGroups.ts";
import type { JournalError } from "../journal/journal.ts";
import type { Log } from "../log/log.ts";

/** Every line that the collector logs, in one place. */
export interface CollectorLog {
  started(collector: { readonly release: string; readonly durable: boolean }): void;
  draining(): void;
  stopped(): void;
  /** The journal has failed: it stores nothing until it recovers. Logged even if there is no new entry. */
  journalFailing(failed: JournalError): void;
  /** An entry could not be kept. */
  journalFailed(error: unknown): void;
  /** Pages of an origin are refused; the message names the setting to add it to. */
  originDenied(message: string): void;
  /**
   * In development: an event of a page is not counted as its developer intended. The message gives the reason and the
   * remedy.
   */
  pageFault(message: string): void;
  /** Blockers stop pages from sending to the path of the collector; the message gives the remedy. */
  pathBlocked(message: string): void;
  /** A name that no catalog declares is counted for the first time since the start. */
  nameLearned(message: string): void;
  /** The limit of a kind of learned names is reached: further names count as `__other__`. */
  namesFull(message: string): void;
  /** A source map could not be kept; the message names it, and the reason. */
  mapNotKept(message: string): void;
  /** An error of a page was accepted: its first five of a minute get a line each. */
  pageError(error: ReportedError): void;
  /** Called once a second. */
  tick(): void;
}

/** Creates the lines for `log`; without one it logs nothing. Every line has `kind` and `app`. */
export function createCollectorLog(log: Log | undefined, app: string, now: () => number): CollectorLog {
  const limit = createOccurrenceLimit(now);
  if (!log) return SILENT;

  const tellSuppressed = (suppressed: ReturnType<typeof limit.take>): void => {
    if (!suppressed) return;
    const fingerprints = suppressed.most.map(([key, times]) => `${key}:${times}`).join(" ");
    log.warn(
      { kind: "errors_suppressed", app, suppressed: suppressed.times, fingerprints },
      "Some lines were suppressed because they repeat.",
    );
  };
  return {
    started: ({ release, durable }) =>
      log.info({ kind: "start", app, release, durable }, "Collector started."),
    draining: () => log.info({ kind: "drain", app }, "Collector shutting down."),
    stopped: () => {
      tellSuppressed(limit.take());
      log.info({ kind: "stop", app }, "Collector stopped.");
    },
    ...faultsOfDisk(log, app, limit),
    originDenied: (message) => log.warn({ kind: "origin_denied", app }, message),
    pageFault: (message) => log.warn({ kind: "page_fault", app }, message),
    nameLearned: (message) => log.info({ kind: "name_learned", app }, message),
    namesFull: (message) => log.warn({ kind: "names_full", app }, message),
    pathBlocked: (message) => log.warn({ kind: "path_blocked", app }, message),
    pageError: (error) => {
      if (!limit.admit(error.fingerprint, error.times)) return;
      log.error({ kind: "page_error", app, ...fieldsOf(error) }, sentenceOf(error));
    },
    tick: () => tellSuppressed(limit.takeMinute()),
  };
}

/** The lines about what could not be written to disk. A full disk repeats them with every batch, so they are limited. */
function faultsOfDisk(
  log: Log,
  app: string,
  limit: OccurrenceLimit,
): Pick<CollectorLog, "journalFailing" | "journalFailed" | "mapNotKept"> {
  return {
    journalFailing: ({ code, message }) => {
      if (limit.admit(`journal_failing ${code}`, 1))
        log.error({ kind: "journal_failing", app, code, reason: message }, "The journal keeps nothing.");
    },
    journalFailed: (error) => {
      if (!limit.admit("journal_failed", 1)) return;
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ kind: "journal_failed", app, reason }, "An entry could not be kept, and was refused.");
    },
    mapNotKept: (message) => {
      if (limit.admit("map_not_kept", 1)) log.error({ kind: "map_not_kept", app }, message);
    },
  };
}

function fieldsOf(error: ReportedError): Record<string, string | number | boolean | undefined> {
  const { fingerprint, name, source, route, release, browser, times, resolved, stack } = error;
  return { fingerprint, name, source, route, release, browser, times, resolved, stack: stack.join("\n") };
}

function sentenceOf({ name, message }: ReportedError): string {
  return message === "" ? name : `${name}: ${message}`;
}

const nothing = (): void => {};

const SILENT: CollectorLog = {
  started: nothing,
  draining: nothing,
  stopped: nothing,
  journalFailing: nothing,
  journalFailed: nothing,
  originDenied: nothing,
  pageFault: nothing,
  mapNotKept: nothing,
  nameLearned: nothing,
  namesFull: nothing,
  pathBlocked: nothing,
  pageError: nothing,
  tick: nothing,
};

/** Occurrences of one key that are reported per minute. Further ones are only counted. */
const REPORTED = 5;
const MINUTE_MS = 60_000;

/** Maximum number of different keys per minute. */
const MAX_KEYS = 500;

/** The occurrences of a minute that were only counted. */
interface Suppressed {
  readonly times: number;
  /** The most frequent keys, with their number of occurrences. */
  readonly most: readonly (readonly [string, number])[];
}

/** Lets each key be reported five times per minute. */
interface OccurrenceLimit {
  /** True if the occurrence must be reported. */
  admit(key: string, times: number): boolean;
  /** The suppressed occurrences once the minute is over; undefined before that, and if there were none. */
  takeMinute(): Suppressed | undefined;
  /** The same, even if the minute is not over. */
  take(): Suppressed | undefined;
}

/** Maximum number of keys that are named in a line about suppressed occurrences. */
const NAMED = 10;

function createOccurrenceLimit(now: () => number): OccurrenceLimit {
  const seen = new Map<string, number>();
  const suppressedTimes = new Map<string, number>();
  let total = 0;
  let since = now();

  const take = (): Suppressed | undefined => {
    const most = [...suppressedTimes].toSorted(([, a], [, b]) => b - a).slice(0, NAMED);
    const suppressed = total > 0 ? { times: total, most } : undefined;
    seen.clear();
    suppressedTimes.clear();
    total = 0;
    since = now();
    return suppressed;
  };
  return {
    admit: (key, times) => {
      const reported = seen.get(key) ?? (seen.size < MAX_KEYS ? 0 : REPORTED);
      if (reported < REPORTED) {
        seen.set(key, reported + 1);
        return true;
      }
      total += times;
      if (seen.has(key)) suppressedTimes.set(key, (suppressedTimes.get(key) ?? 0) + times);
      return false;
    },
    takeMinute: () => {
      // A clock that was set back also begins a new minute.
      const elapsed = now() - since;
      return elapsed >= MINUTE_MS || elapsed < 0 ? take() : undefined;
    },
    take,
  };
}
