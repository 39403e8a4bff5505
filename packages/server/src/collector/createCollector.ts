import type { Catalog } from "@rumkit/protocol";
import type { Registry } from "prom-client";
import { createAccess } from "../access/access.ts";
import { createGuard } from "../access/guard.ts";
import { WITHOUT_CATALOG } from "../catalog/learnedNames.ts";
import { createNodeListener } from "../http/nodeListener.ts";
import { shareRecord } from "../http/serverRecord.ts";
import { createHttpMetrics } from "../instrument/httpMetrics.ts";
import { createNodeHttpMetrics } from "../instrument/nodeHttpMetrics.ts";
import { createTrackers } from "../instrument/trackers.ts";
import type { AppRegistry } from "../registry/registry.ts";
import { checkOptions } from "./checkOptions.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import { createParts } from "./createParts.ts";
import { createRoutes } from "./createRoutes.ts";
import { defaultEnvironment } from "./defaultEnvironment.ts";
import { describeBuild } from "./describeBuild.ts";

/**
 * Creates the collector of an app: reports of pages and server code are checked against the catalog, counted once,
 * and shown to Prometheus and on the live page.
 *
 * Throws a `CatalogError` for an invalid catalog, and a TypeError that lists every invalid option.
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
  const catalog: Catalog = options.catalog ?? WITHOUT_CATALOG;
  const verbose = (options.environment ?? defaultEnvironment(process.env)) === "development";
  const access = options.access && createAccess(options.access, { app: catalog.app, allowedOrigins });
  const parts = createParts<C, R>(options, { catalog, access, verbose });
  const { store, shown, backend, intake, count, ending, pending } = parts;
  const { record } = store.recorder;
  for (const sample of describeBuild(catalog.app, release)) record(sample);

  const { app, handlers } = createRoutes(parts.routes, createGuard(access, record));
  const trackers = createTrackers<C>({
    catalog,
    count: (entry) => pending.add(count(entry)),
    record,
    now: Date.now,
    onRejected: backend.onRejected,
    onCall: shown.seen?.see,
  });
  // Last, because an invalid option throws earlier.
  shown.log.started({ release, durable: store.journal.durable });

  const collector: Collector<C, R> = {
    app,
    fetch: (request, env) => app.fetch(request, env),
    nodeListener: (fetch, listenerOptions = {}) =>
      createNodeListener({ collect: intake.collect, app, fetch }, listenerOptions),
    attachWebSocket: parts.socket.attach,
    ...trackers,
    ...backend.instruments.calls,
    httpMetrics: createHttpMetrics(backend.http, handlers),
    nodeHttpMetrics: createNodeHttpMetrics(backend.http, catalog),
    registry: store.metrics.registry,
    drain: ending.drain,
    stop: ending.stop,
  };
  shareRecord(collector, record);
  return collector;
}
