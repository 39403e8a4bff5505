import type { Catalog } from "@rumkit/protocol";
import type { Registry } from "prom-client";
import { createAccess } from "../access/access.ts";
import { WITHOUT_CATALOG } from "../catalog/learnedNames.ts";
import { createNodeListener } from "../http/nodeListener.ts";
import { shareRecord } from "../http/serverRecord.ts";
import { createHttpMetrics } from "../instrument/httpMetrics.ts";
import { createNodeHttpMetrics } from "../instrument/nodeHttpMetrics.ts";
import { createTrackers } from "../instrument/trackers.ts";
import { createCount } from "../journal/count.ts";
import type { AppRegistry } from "../registry/registry.ts";
import { checkOptions } from "./checkOptions.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import { createFront } from "./createFront.ts";
import { createParts } from "./createParts.ts";
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
  const parts = createParts<C, R>(options, catalog, verbose);
  const { store, shown, backend, ending, pending } = parts;
  const { record } = store.recorder;
  for (const sample of describeBuild(catalog.app, release)) record(sample);

  const count = createCount(store.journal, store.recorder, shown.errors.see, shown.log.journalFailed);
  const routes = createFront({ options, catalog, access, verbose, count, ...parts });
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
    app: routes.app,
    fetch: (request, env) => routes.app.fetch(request, env),
    nodeListener: (fetch, listenerOptions = {}) =>
      createNodeListener({ collect: routes.collect, app: routes.app, fetch }, listenerOptions),
    ...trackers,
    ...backend.instruments.calls,
    httpMetrics: createHttpMetrics(backend.http, routes.handlers),
    nodeHttpMetrics: createNodeHttpMetrics(backend.http, catalog),
    registry: store.metrics.registry,
    drain: ending.drain,
    stop: ending.stop,
  };
  shareRecord(collector, record);
  return collector;
}
