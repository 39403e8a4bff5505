import type { Catalog } from "@rumkit/protocol";
import type { Registry } from "prom-client";
import { createAccess } from "../access/access.ts";
import { createGuard, type Guard } from "../access/guard.ts";
import { createEndedLinks } from "../access/endedLinks.ts";
import { createLinkKeys, createLiveLinks, type LiveLinks } from "../access/liveLinks.ts";
import { WITHOUT_CATALOG } from "../catalog/names.ts";
import { createMemoryDocuments } from "../journal/documentSizes.ts";
import { createNodeListener } from "../http/nodeListener.ts";
import { shareRecord } from "../http/serverLimits.ts";
import { createHttpMetrics } from "../instrument/httpMetrics.ts";
import { createNodeHttpMetrics } from "../instrument/nodeHttpMetrics.ts";
import { createTrackers, type Trackers } from "../instrument/trackers.ts";
import type { AppRegistry } from "../registry/registry.ts";
import { createBasePaths } from "./basePaths.ts";
import { checkOptions, defaultEnvironment } from "./checkOptions.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import { createParts, type Parts } from "./createParts.ts";
import { createHiddenWarning } from "./warnings.ts";
import { describeBuild } from "../instrument/describeBackendMetrics.ts";
import type { Handler } from "hono";
import { NO_SNIFFING } from "../http/collectRequest.ts";
import { toHandler } from "../http/honoRequest.ts";
import { type BasePaths, DEFAULT_BASE_PATHS, resolvePath } from "../part/basePaths.ts";
import { mountRoutes, type Routes } from "./mountRoutes.ts";
import type { PartOptions } from "./parts.ts";
import { shareLink } from "./serveWorkers.ts";
import type { PartRoute } from "../part/part.ts";

/**
 * Creates the collector of an app: reports of pages and server code are checked against the catalog, counted once,
 * and shown to Prometheus and on the live page.
 *
 * Throws a `CatalogError` for an invalid catalog, a TypeError that lists every invalid option, and a `JournalError` for a
 * journal that is closed, or that another app or another collector has.
 *
 * @example
 * const collector = createCollector({ catalog });
 * const app = new Hono();
 * app.use(collector.httpMetrics());
 * app.route("/", collector.app);
 */
export function createCollector<const C extends Catalog = Catalog, R extends AppRegistry = Registry>(
  options: CollectorOptions<C, R> = {},
): Collector<C, R> {
  checkOptions(options);
  const { release = "unknown", allowedOrigins = [] } = options;
  const paths = createBasePaths(options);
  const catalog: Catalog = options.catalog ?? WITHOUT_CATALOG;
  const verbose = (options.environment ?? defaultEnvironment(process.env)) === "development";
  const access = options.access && createAccess(options.access, { app: catalog.app, allowedOrigins });
  const links = createLinks(options, catalog.app);
  const parts = createParts<C, R>(options, { catalog, access, links, verbose, paths });
  const { store, dashboard, backend, intake, ending } = parts;
  const { record } = store.recorder;
  for (const sample of describeBuild(catalog.app, release)) record(sample);

  const { app, handlers, ran } = createRoutes(parts.routes, createGuard(access, record, links), paths);
  const trackers = trackersOf<C>(catalog, parts);
  // Last, because an invalid option throws earlier.
  dashboard.log.started({ release, durable: store.journal.durable });

  const collector: Collector<C, R> = {
    app,
    fetch: (request, env) => app.fetch(request, env),
    nodeListener: (fetch, listenerOptions = {}) =>
      createNodeListener({ collect: intake.collect, app, fetch }, listenerOptions),
    attachWebSocket: parts.socket.attach,
    ...trackers,
    ...backend.instruments.calls,
    httpMetrics: createHttpMetrics(backend.http, { handlers, ran, onHidden: createHiddenWarning() }),
    nodeHttpMetrics: createNodeHttpMetrics(backend.http, catalog),
    registry: store.metrics.registry,
    drain: ending.drain,
    stop: ending.stop,
  };
  shareRecord(collector, record);
  const { count, processes, routes } = parts;
  const linked = { catalog, paths, routes, count, collect: intake.collect, processes };
  shareLink(collector, linked);
  return collector;
}

/** The functions with which server code counts. A call is pending work, so that a stop waits until it is stored. */
function trackersOf<C extends Catalog>(
  catalog: Catalog,
  { store, dashboard, backend, count, pending }: Parts<C, AppRegistry>,
): Trackers<C> {
  return createTrackers<C>({
    catalog,
    count: (entry) => pending.add(new Promise((resolve) => resolve(count(entry)))),
    record: store.recorder.record,
    now: Date.now,
    onRejected: backend.onRejected,
    onCall: dashboard.seen?.see,
  });
}

/** Returns the read-only links to the live page; undefined while everyone may read it. */
function createLinks({ access, journal }: PartOptions, app: string): LiveLinks | undefined {
  if (!access || (access.open?.includes("live") && !access.hosts)) return undefined;
  const keys = createLinkKeys(access, { app, kept: journal?.linkKey });
  const ended = createEndedLinks(journal?.documents ?? createMemoryDocuments(), Date.now);
  return createLiveLinks(keys, ended, Date.now);
}

/** Mounts the routes of all parts at their paths, those with a scope behind `guard`. */
export function createRoutes(
  routes: readonly PartRoute[],
  guard: Guard,
  paths: BasePaths = DEFAULT_BASE_PATHS,
): Routes {
  return mountRoutes(
    routes.map((route) => ({
      method: route.method,
      path: resolvePath(route, paths),
      answer: toGuarded(route, guard),
    })),
  );
}

function toGuarded(route: PartRoute, guard: Guard): Handler {
  if ("answer" in route) return toHandler(route.answer);
  return withoutSniffing(
    route.scope === undefined ? route.handler : guard(route.scope, route.handler, route.isShared),
  );
}

/** Returns a handler whose answers have `X-Content-Type-Options: nosniff`. */
function withoutSniffing(handler: Handler): Handler {
  return (c, next) => {
    for (const [name, value] of Object.entries(NO_SNIFFING)) c.header(name, value);
    return handler(c, next);
  };
}
