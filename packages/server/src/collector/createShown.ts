import { setTimeout as wait } from "node:timers/promises";
import { steadyNow } from "../base/steadyNow.ts";
import { learnedNamesAtMost } from "../catalog/learnedNames.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory, type History } from "../history/history.ts";
import { createReleaseWatch, type ReleaseWatch } from "../history/marks.ts";
import { createPrometheus, type Prometheus } from "../history/prometheus.ts";
import { createErrorReports, type ErrorReports } from "../errors/errorReports.ts";
import { createErrorsRoute } from "../errors/errorsRoute.ts";
import { createDraftRoute, draftCatalog } from "../learned/draftCatalog.ts";
import { createSeenCalls, type SeenCalls } from "../learned/seenCalls.ts";
import { tellLearned } from "../learned/tellLearned.ts";
import { createLive } from "../live/createLive.ts";
import { createLiveRoute } from "../live/liveRoute.ts";
import type { Part, PartContext, PartRoute } from "../part/part.ts";
import { createScrubber, type Scrubber } from "../scrub/createScrubber.ts";
import { createSourceMaps, type SourceMaps } from "../sourceMaps/createSourceMaps.ts";
import { createUploadRoute } from "../sourceMaps/uploadRoute.ts";
import { type CollectorLog, createCollectorLog } from "./collectorLog.ts";
import type { PartOptions } from "./parts.ts";
import { learnedWarnings, warnOfMap } from "./warnings.ts";

/** Milliseconds that `stop` waits for stacks that are being resolved. A slower stack is not shown. */
const SETTLE_MS = 1_000;

/** Everything that people read apart from the metrics, scrubbed: the live page, the log, and the errors of pages. */
export interface Shown extends Part {
  readonly log: CollectorLog;
  readonly errors: ErrorReports;
  /** Remembers the calls from which a catalog could be drafted, if names are learned. */
  readonly seen: SeenCalls | undefined;
}

export function createShown(context: PartContext, options: PartOptions, verbose: boolean): Shown {
  const { catalog, recorder, senderOf } = context;
  const { record } = recorder;
  const scrub = createScrubber(options.scrub);
  const calendar = createCalendar();
  const history = createHistory({ wallNow: Date.now, steadyNow, calendar });
  const releases = createReleaseWatch(history.marks, Date.now, scrub.text);
  if (options.release !== undefined) releases.see(options.release, "server");
  const feed = createLive({ catalog, recorder, scrub, history, calendar, now: steadyNow });
  const log = createCollectorLog(options.log, catalog.app, Date.now);
  const seen = createSeen(context, scrub);
  if (seen) tellLearned(recorder, options.log ? log : learnedWarnings(verbose));
  const onMapFailed = options.log ? log.mapNotKept : warnOfMap;
  const sourceMaps =
    options.sourceMaps && createSourceMaps(options.sourceMaps, record, Date.now, onMapFailed);
  const errors = createErrorReports({
    scrub,
    resolve: sourceMaps?.resolve,
    logError: log.pageError,
    showEvents: feed.showEvents,
  });
  const draft = seen && (() => draftCatalog(catalog.app, recorder.families, seen));
  const live = createLiveRoute({ feed, record, senderOf });
  return {
    log,
    errors,
    seen,
    routes: [
      { method: "GET", path: "/realtime/metrics", scope: "live", handler: live },
      { method: "GET", path: "/api/errors", scope: "live", handler: createErrorsRoute(errors) },
      { method: "GET", path: "/api/catalog", scope: "live", handler: createDraftRoute(draft) },
      // Without access every client could fill the disk.
      ...(options.access && sourceMaps ? [uploadOf(sourceMaps, onMapFailed)] : []),
    ],
    tick: log.tick,
    publish: feed.tick,
    close: async () => {
      await Promise.race([errors.settle(), wait(SETTLE_MS, undefined, { ref: false })]);
      await sourceMaps?.close();
      history.close();
      feed.close();
    },
  };
}

function createSeen({ catalog }: PartContext, scrub: Scrubber): SeenCalls | undefined {
  const maxNames = learnedNamesAtMost(catalog);
  const isPersonal = (text: string): boolean => scrub.text(text) !== text;
  return maxNames > 0 ? createSeenCalls(maxNames, isPersonal) : undefined;
}

function uploadOf({ maps }: SourceMaps, onMapFailed: (reason: string) => void): PartRoute {
  const handler = createUploadRoute(maps, onMapFailed);
  return { method: "PUT", path: "/api/sourcemaps/:release/:file", scope: "admin", handler };
}
