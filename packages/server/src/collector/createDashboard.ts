import { setTimeout as wait } from "node:timers/promises";
import type { LiveAlertState } from "@rumkit/protocol";
import { learnedNamesAtMost } from "../catalog/names.ts";
import type { ReleaseWatch } from "../history/marks.ts";
import { createErrorReports, type ErrorReports } from "../errors/errorReports.ts";
import { createErrorsRoute } from "../errors/errorGroups.ts";
import { createDraftRoute, draftCatalog } from "../learned/draftCatalog.ts";
import { createSeenCalls, type SeenCalls } from "../learned/seenCalls.ts";
import { reportLearnedNames } from "../learned/reportLearnedNames.ts";
import type { LiveLinks } from "../access/liveLinks.ts";
import { shareRoutes } from "../access/shareRoute.ts";
import type { VitalTables } from "../live/vitalTables.ts";
import type { ViewerLimits } from "../live/viewerLimits.ts";
import type { Part, PartContext, PartRoute } from "../part/part.ts";
import { createScrubber, type Scrubber } from "../scrub/createScrubber.ts";
import { createSourceMaps, type SourceMaps } from "../sourceMaps/createSourceMaps.ts";
import { createUploadRoute } from "../sourceMaps/uploadRoute.ts";
import { type CollectorLog, createCollectorLog } from "./collectorLog.ts";
import { createLivePart } from "./createLivePart.ts";
import type { PartOptions } from "./parts.ts";
import { learnedWarnings, warnOfMap } from "./warnings.ts";

/** Milliseconds that `stop` waits for stacks that are being resolved. A slower stack is not shown. */
const SETTLE_MS = 1_000;

/** Everything that people read apart from the metrics, scrubbed: the live page, the log, and the errors of pages. */
export interface Dashboard extends Part {
  readonly log: CollectorLog;
  readonly errors: ErrorReports;
  /** Keeps the time at which each release was first seen. */
  readonly releases: ReleaseWatch;
  /** Returns the release that was seen first last. */
  readonly newestRelease: () => string | undefined;
  /** Sees the vitals of each device. */
  readonly seeVital: VitalTables["see"];
  /** Remembers the calls from which a catalog could be drafted, if names are learned. */
  readonly seen: SeenCalls | undefined;
}

interface DashboardParts {
  readonly verbose: boolean;
  readonly viewers: ViewerLimits;
  readonly links: LiveLinks | undefined;
  /** Returns the state of the alerts; undefined while none are evaluated. */
  readonly alerts: () => LiveAlertState | undefined;
}

export function createDashboard(
  context: PartContext,
  options: PartOptions,
  { verbose, viewers, links, alerts }: DashboardParts,
): Dashboard {
  const { catalog, paths } = context;
  const scrub = createScrubber(options.scrub);
  const live = createLivePart(context, options, { scrub, viewers, alerts, links });
  const log = createCollectorLog(options.log, catalog.app, Date.now);
  const seen = createSeen(context, scrub, options.log ? log : learnedWarnings(verbose));
  const sourceMaps = startSourceMaps(context, options, log);
  const { resolve } = sourceMaps;
  const { pageError: logError } = log;
  const errors = createErrorReports({ scrub, resolve, logError, showEvents: live.showEvents });
  return {
    log,
    errors,
    seen,
    releases: live.releases,
    newestRelease: live.newestRelease,
    seeVital: live.seeVital,
    routes: [
      ...live.routes,
      ...errorRoutes(errors),
      ...shareRoutes(links, paths),
      draftRoute(context, seen),
      ...sourceMaps.routes,
    ],
    show: live.show,
    tick: log.tick,
    publish: live.publish,
    close: async () => {
      await Promise.race([errors.settle(), wait(SETTLE_MS, undefined, { ref: false })]);
      await sourceMaps.close?.();
      live.close();
    },
  };
}

/** Returns what remembers calls, and reports the names that are learned; undefined if none are. */
function createSeen(
  { catalog, recorder, paths }: PartContext,
  scrub: Scrubber,
  log: Parameters<typeof reportLearnedNames>[2],
): SeenCalls | undefined {
  const maxNames = learnedNamesAtMost(catalog);
  if (maxNames === 0) return undefined;
  reportLearnedNames(catalog, recorder, log, `${paths.api}/cardinality`);
  return createSeenCalls(maxNames, (text) => scrub.text(text) !== text);
}

function draftRoute({ catalog, recorder }: PartContext, seen: SeenCalls | undefined): PartRoute {
  const draft = seen && (() => draftCatalog(catalog.app, recorder.families, seen));
  return { method: "GET", under: "api", path: "/catalog", scope: "live", handler: createDraftRoute(draft) };
}

function errorRoutes(errors: ErrorReports): PartRoute[] {
  const handler = createErrorsRoute(errors);
  return [
    { method: "GET", under: "api", path: "/errors", scope: "live", handler },
    // For the live page: an app's own catch-all for /api/* would hide the other.
    { method: "GET", under: "live", path: "/errors", scope: "live", isShared: true, handler },
  ];
}

/** The maps by which stacks are resolved, if the app has some, and the route that takes further ones. */
function startSourceMaps(
  { recorder }: PartContext,
  { sourceMaps, access, log: ownLog }: PartOptions,
  log: CollectorLog,
): Partial<SourceMaps> & { readonly routes: readonly PartRoute[] } {
  if (!sourceMaps) return { routes: [] };
  const onFailed = ownLog ? log.mapNotKept : warnOfMap;
  const started = createSourceMaps(sourceMaps, recorder.record, Date.now, onFailed);
  // Without access every client could fill the disk.
  if (!access) return { ...started, routes: [] };
  const handler = createUploadRoute(started.maps, onFailed);
  const path = "/sourcemaps/:release/:file";
  return { ...started, routes: [{ method: "PUT", under: "api", path, scope: "admin", handler }] };
}
