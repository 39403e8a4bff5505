import { setTimeout as wait } from "node:timers/promises";
import type { Handler } from "hono";
import { steadyNow } from "../base/steadyNow.ts";
import { learnedNamesAtMost } from "../catalog/names.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory } from "../history/history.ts";
import { createHistoryRoute } from "../history/historyRoute.ts";
import { createReleaseWatch, type ReleaseWatch } from "../history/marks.ts";
import { createPrometheus } from "../history/prometheus.ts";
import { createErrorReports, type ErrorReports } from "../errors/errorReports.ts";
import { createErrorsRoute } from "../errors/errorGroups.ts";
import { createDraftRoute, draftCatalog } from "../learned/draftCatalog.ts";
import { createSeenCalls, type SeenCalls } from "../learned/seenCalls.ts";
import { reportLearnedNames } from "../learned/reportLearnedNames.ts";
import type { LiveLinks } from "../access/liveLinks.ts";
import { shareRoutes } from "../access/shareRoute.ts";
import { createLive } from "../live/createLive.ts";
import { createDurationsRoute } from "../live/durationsRoute.ts";
import { createLiveRoute } from "../live/liveRoute.ts";
import { createVitalsRoute } from "../live/vitalsRoute.ts";
import type { VitalTables } from "../live/vitalTables.ts";
import type { ViewerLimits } from "../live/viewerLimits.ts";
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
  /** Keeps the time at which each release was first seen. */
  readonly releases: ReleaseWatch;
  /** Sees the vitals of each device. */
  readonly seeVital: VitalTables["see"];
  /** Remembers the calls from which a catalog could be drafted, if names are learned. */
  readonly seen: SeenCalls | undefined;
}

export function createShown(
  context: PartContext,
  options: PartOptions,
  {
    verbose,
    viewers,
    links,
  }: {
    readonly verbose: boolean;
    readonly viewers: ViewerLimits;
    readonly links: LiveLinks | undefined;
  },
): Shown {
  const { catalog, recorder, paths } = context;
  const scrub = createScrubber(options.scrub);
  const live = createLivePart(context, options, { scrub, viewers });
  const log = createCollectorLog(options.log, catalog.app, Date.now);
  const seen = createSeen(context, scrub);
  if (seen)
    reportLearnedNames(recorder, options.log ? log : learnedWarnings(verbose), `${paths.api}/cardinality`);
  const onMapFailed = options.log ? log.mapNotKept : warnOfMap;
  const sourceMaps =
    options.sourceMaps && createSourceMaps(options.sourceMaps, recorder.record, Date.now, onMapFailed);
  const { resolve } = sourceMaps ?? {};
  const { pageError: logError } = log;
  const errors = createErrorReports({ scrub, resolve, logError, showEvents: live.showEvents });
  const draft = seen && (() => draftCatalog(catalog.app, recorder.families, seen));
  return {
    log,
    errors,
    seen,
    releases: live.releases,
    seeVital: live.seeVital,
    routes: [
      ...live.routes,
      ...errorRoutes(errors),
      ...shareRoutes(links, paths),
      { method: "GET", under: "api", path: "/catalog", scope: "live", handler: createDraftRoute(draft) },
      // Without access every client could fill the disk.
      ...(options.access && sourceMaps ? [uploadOf(sourceMaps, onMapFailed)] : []),
    ],
    show: live.show,
    tick: log.tick,
    publish: live.publish,
    close: async () => {
      await Promise.race([errors.settle(), wait(SETTLE_MS, undefined, { ref: false })]);
      await sourceMaps?.close();
      live.close();
    },
  };
}

/** The live stream, and the figures of the last days. */
function createLivePart(
  { catalog, recorder, journal, senderOf }: PartContext,
  { release, prometheusUrl }: PartOptions,
  { scrub, viewers }: { readonly scrub: Scrubber; readonly viewers: ViewerLimits },
) {
  const calendar = createCalendar();
  const history = createHistory({ wallNow: Date.now, steadyNow, calendar, store: journal.history });
  const releases = createReleaseWatch(history.marks, Date.now, scrub.text);
  if (release !== undefined) releases.see(release, "server");
  const { moment: now } = recorder;
  const { feed, durations, vitals } = createLive({ catalog, recorder, scrub, history, calendar, now });
  const prometheus = prometheusUrl === undefined ? undefined : createPrometheus(prometheusUrl);
  const live = createLiveRoute({ feed, record: recorder.record, senderOf, limits: viewers });
  const answerDurations = createDurationsRoute({ durations, now: steadyNow });
  const answerVitals = createVitalsRoute(vitals, steadyNow);
  const answerHistory = createHistoryRoute({ history, prometheus, now: Date.now });
  const routes: PartRoute[] = [
    liveRoute("/metrics", live),
    liveRoute("/history", answerHistory),
    liveRoute("/durations", answerDurations),
    liveRoute("/vitals", answerVitals),
  ];
  return {
    releases,
    seeVital: vitals.see,
    routes,
    showEvents: feed.showEvents,
    show: createShowViewers(recorder, viewers),
    publish: () => {
      history.tick();
      feed.tick();
      viewers.endLinks(Date.now());
    },
    close: () => {
      history.close();
      feed.close();
    },
  };
}

/** A route of the live page that holders of a read-only link may read too. */
function liveRoute(path: PartRoute["path"], handler: Handler): PartRoute {
  return { method: "GET", under: "live", path, scope: "live", isShared: true, handler };
}

/**
 * Returns a function that shows the number of viewers. Once a second, and not with each that comes: a change of it would
 * be a frame for all others, and thousands come back after a restart.
 */
function createShowViewers({ record }: PartContext["recorder"], viewers: ViewerLimits): () => void {
  let shown = 0;
  return () => {
    if (viewers.size !== shown) record({ metric: "rum_live_clients", labels: {}, value: viewers.size });
    shown = viewers.size;
  };
}

function createSeen({ catalog }: PartContext, scrub: Scrubber): SeenCalls | undefined {
  const maxNames = learnedNamesAtMost(catalog);
  const isPersonal = (text: string): boolean => scrub.text(text) !== text;
  return maxNames > 0 ? createSeenCalls(maxNames, isPersonal) : undefined;
}

function errorRoutes(errors: ErrorReports): PartRoute[] {
  const handler = createErrorsRoute(errors);
  return [
    { method: "GET", under: "api", path: "/errors", scope: "live", handler },
    // For the live page: an app's own catch-all for /api/* would hide the other.
    { method: "GET", under: "live", path: "/errors", scope: "live", isShared: true, handler },
  ];
}

function uploadOf({ maps }: SourceMaps, onMapFailed: (reason: string) => void): PartRoute {
  const handler = createUploadRoute(maps, onMapFailed);
  return { method: "PUT", under: "api", path: "/sourcemaps/:release/:file", scope: "admin", handler };
}
