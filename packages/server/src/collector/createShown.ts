import type { Catalog } from "@rumkit/protocol";
import { setTimeout as wait } from "node:timers/promises";
import { steadyNow } from "../base/steadyNow.ts";
import { learnedNamesAtMost } from "../catalog/learnedNames.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory, type History } from "../history/history.ts";
import { createReleaseWatch, type ReleaseWatch } from "../history/marks.ts";
import { createPrometheus, type Prometheus } from "../history/prometheus.ts";
import { createErrorReports, type ErrorReports } from "../errors/errorReports.ts";
import { createSeenCalls, type SeenCalls } from "../learned/seenCalls.ts";
import { tellLearned } from "../learned/tellLearned.ts";
import { createLive } from "../live/createLive.ts";
import type { Feed } from "../live/feed.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { AppRegistry } from "../registry/registry.ts";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createSourceMaps, type SourceMaps } from "../sourceMaps/createSourceMaps.ts";
import type { CollectorOptions } from "./collector.ts";
import { type CollectorLog, createCollectorLog } from "./collectorLog.ts";
import type { Part } from "./part.ts";
import { learnedWarnings, warnOfMap } from "./warnings.ts";

/** Milliseconds that `stop` waits for stacks that are being resolved. A slower stack is not shown. */
const SETTLE_MS = 1_000;

/** Everything that people read apart from the metrics, scrubbed: the live page, the log, and the errors of pages. */
export interface Shown extends Part {
  readonly feed: Feed;
  /** The figures of the last days. */
  readonly history: History;
  /** Keeps the time at which each release was first seen. */
  readonly releases: ReleaseWatch;
  /** Where older figures are asked for; undefined if the options name none. */
  readonly prometheus: Prometheus | undefined;
  readonly log: CollectorLog;
  readonly errors: ErrorReports;
  readonly sourceMaps: SourceMaps | undefined;
  /** Called with the reason if a source map could not be stored. */
  readonly onMapFailed: (message: string) => void;
  /** Remembers the calls from which a catalog could be drafted, if names are learned. */
  readonly seen: SeenCalls | undefined;
}

export function createShown<C extends Catalog, R extends AppRegistry>(
  options: CollectorOptions<C, R>,
  catalog: Catalog,
  recorder: Recorder,
  verbose: boolean,
): Shown {
  const scrub = createScrubber(options.scrub);
  const calendar = createCalendar();
  const history = createHistory({ wallNow: Date.now, steadyNow, calendar });
  const releases = createReleaseWatch(history.marks, Date.now, scrub.text);
  if (options.release !== undefined) releases.see(options.release, "server");
  const feed = createLive({ catalog, recorder, scrub, history, calendar, now: steadyNow });
  const log = createCollectorLog(options.log, catalog.app, Date.now);
  const maxNames = learnedNamesAtMost(catalog);
  const isPersonal = (text: string): boolean => scrub.text(text) !== text;
  const seen = maxNames > 0 ? createSeenCalls(maxNames, isPersonal) : undefined;
  if (seen) tellLearned(recorder, options.log ? log : learnedWarnings(verbose));
  const onMapFailed = options.log ? log.mapNotKept : warnOfMap;
  const sourceMaps =
    options.sourceMaps && createSourceMaps(options.sourceMaps, recorder.record, Date.now, onMapFailed);
  const errors = createErrorReports({
    scrub,
    resolve: sourceMaps?.resolve,
    logError: log.pageError,
    showEvents: feed.showEvents,
  });
  return {
    feed,
    history,
    releases,
    prometheus: options.prometheusUrl === undefined ? undefined : createPrometheus(options.prometheusUrl),
    log,
    errors,
    sourceMaps,
    onMapFailed,
    seen,
    tick: () => {
      history.tick();
      feed.tick();
      log.tick();
    },
    close: async () => {
      await Promise.race([errors.settle(), wait(SETTLE_MS, undefined, { ref: false })]);
      await sourceMaps?.close();
      history.close();
      feed.close();
    },
  };
}
