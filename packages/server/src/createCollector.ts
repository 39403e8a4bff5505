import { setTimeout as wait } from "node:timers/promises";
import type { Catalog } from "@rumkit/protocol";
import { type Handler, Hono, type MiddlewareHandler } from "hono";
import type { Registry } from "prom-client";
import { createHttpMetrics } from "./backend/httpMetrics.ts";
import { createTrackers, type Trackers } from "./backend/trackers.ts";
import { type CollectOptions, createCollectRoute, createPreflightRoute } from "./collectRoute.ts";
import { createCount } from "./count.ts";
import { createActiveSessions } from "./ingest/activeSessions.ts";
import { createOriginPolicy } from "./ingest/originPolicy.ts";
import type { Journal } from "./journal/journal.ts";
import { createMemoryJournal } from "./journal/memoryJournal.ts";
import { createFeed } from "./live/feed.ts";
import { describeFigures } from "./live/figures.ts";
import { createLiveRoute } from "./live/liveRoute.ts";
import { createPageRoutes } from "./live/pageRoutes.ts";
import { createWindows } from "./live/windows.ts";
import { describeMetrics } from "./metrics/describeMetrics.ts";
import { createRecorder } from "./metrics/recorder.ts";
import { createRegistry } from "./metrics/registry.ts";
import { createPageVocabulary } from "./vocabulary/pageEvents.ts";

/** Milliseconds that `stop` waits for open requests: a sender that is slower gets no answer. */
const DRAIN_MS = 4_000;

export interface CollectorOptions<C extends Catalog> {
  /** What the app counts. Checked at once: a `CatalogError` lists everything that is wrong. */
  readonly catalog: C;
  /**
   * Origins whose pages may report here besides the collector's own: `["https://shop.example"]`.
   * Default none.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * In development answers and warnings say exactly what is wrong with an event. Default: `production` where
   * `NODE_ENV` says so, else `development`.
   */
  readonly environment?: "development" | "production";
  /** The app's release, shown in `app_info`. Default `"unknown"`. */
  readonly release?: string;
  /** Keeps what is accepted. Default in memory: exact until the process ends, and answered with 202. */
  readonly journal?: Journal;
  /** Expose the metrics of process and event loop that `prom-client` knows. Default true. */
  readonly runtimeMetrics?: boolean;
}

/** A running collector. Every function is safe to destructure. */
export interface Collector<C extends Catalog> extends Trackers<C> {
  /**
   * The routes, to mount anywhere: `POST /collect`, `GET /metrics`, `GET /realtime`,
   * `GET /realtime/metrics`, `GET /healthz`, `GET /readyz`.
   */
  readonly app: Hono;
  /** Middleware that counts and times what your app answers. Use it first. */
  readonly httpMetrics: () => MiddlewareHandler;
  /** Register `prom-client` metrics of your own here: they appear in `GET /metrics`. */
  readonly registry: Registry;
  /** Stops accepting: `/readyz` and `/collect` answer 503, so that a load balancer looks elsewhere. */
  readonly drain: () => void;
  /** Drains, waits for what is being counted, closes journal and live streams. May be called twice. */
  readonly stop: () => Promise<void>;
}

/**
 * Creates the collector of an app: what pages and server code report is checked against the catalogue,
 * counted once, and shown to Prometheus and on the live page.
 *
 * Throws a `CatalogError` for a catalogue that cannot be counted, a TypeError for an origin that is none.
 *
 * @example
 * const collector = createCollector({ catalog });
 * const app = new Hono();
 * app.use(collector.httpMetrics());
 * app.route("/", collector.app);
 */
export function createCollector<C extends Catalog>(options: CollectorOptions<C>): Collector<C> {
  const { catalog, release = "unknown", journal = createMemoryJournal() } = options;
  const verbose = (options.environment ?? process.env["NODE_ENV"]) !== "production";
  const now = Date.now;

  const windows = createWindows();
  const recorder = createRecorder(describeMetrics(catalog));
  const { record } = recorder;
  const feed = createFeed({
    app: catalog.app,
    figures: describeFigures(catalog, { windows, gauge: recorder.gauge }),
    totalOf: recorder.totalOf,
    totals: recorder.totals,
    now,
  });
  recorder.onRecord((family, series, sample) => {
    windows.add(Math.floor(now() / 1000), sample);
    feed.change(family, series);
  });
  const registry = createRegistry(recorder.families, { runtimeMetrics: options.runtimeMetrics ?? true });
  record({ metric: "app_info", labels: { app: catalog.app, release }, value: 1 });

  const sessions = createActiveSessions(now);
  const countSessions = (): void =>
    record({ metric: "rum_active_sessions", labels: {}, value: sessions.count() });
  const clock = setInterval(() => {
    countSessions();
    feed.tick();
  }, 1000);
  clock.unref();

  const count = createCount(journal, record, feed.showEvent);
  let draining = false;
  const pending = new Set<Promise<unknown>>();
  const ownHandlers = new WeakSet<Handler>();
  const own = (handler: Handler): Handler => {
    ownHandlers.add(handler);
    return handler;
  };
  const collectOptions: CollectOptions = {
    app: catalog.app,
    verbose,
    checkOrigin: createOriginPolicy(options.allowedOrigins ?? []),
    translate: createPageVocabulary(catalog),
    count,
    record,
    sessions,
    isDraining: () => draining,
    durable: journal.durable,
    now,
  };
  const collect = createCollectRoute(collectOptions);
  const routes = createRoutes(own, collectOptions)
    // A whole request, so that `stop` waits for bodies that are still on their way.
    .post(
      "/collect",
      own((c, next) => settleLater(pending, Promise.resolve(collect(c, next)))),
    );
  routes.get(
    "/metrics",
    own(async (c) => {
      countSessions();
      return c.body(await registry.render(), 200, { "content-type": registry.contentType });
    }),
  );
  routes.get("/realtime/metrics", own(createLiveRoute(feed, record)));

  const stop = async (): Promise<void> => {
    draining = true;
    clearInterval(clock);
    await Promise.race([Promise.allSettled(pending), wait(DRAIN_MS, undefined, { ref: false })]);
    feed.close();
    await journal.close();
  };

  return {
    app: routes,
    ...createTrackers<C>({
      catalog,
      count: (entry) => settleLater(pending, count(entry)),
      record,
      now,
      onRejected: ({ message }) => {
        if (verbose) process.emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_REJECTED" });
      },
    }),
    httpMetrics: createHttpMetrics(record, ownHandlers),
    registry: registry.registry,
    drain: () => {
      draining = true;
    },
    stop,
  };
}

/** The routes that need nothing but what a batch needs. */
function createRoutes(own: (handler: Handler) => Handler, collect: CollectOptions): Hono {
  const page = createPageRoutes();
  return (
    new Hono()
      .options("/collect", own(createPreflightRoute(collect)))
      .get("/realtime", own(page.page))
      // The page's addresses are relative to a path without a slash at its end.
      .get(
        "/realtime/",
        own((c) => c.redirect(c.req.path.slice(0, -1), 308)),
      )
      .get("/realtime/assets/:file", own(page.asset))
      .get(
        "/healthz",
        own((c) => c.json({ status: "alive" })),
      )
      .get(
        "/readyz",
        own((c) =>
          collect.isDraining() ? c.json({ status: "draining" }, 503) : c.json({ status: "ready" }),
        ),
      )
  );
}

/** Remembers a promise until it settles, so that `stop` can wait for it. */
function settleLater<T>(pending: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> {
  const settled = promise.finally(() => pending.delete(settled));
  pending.add(settled);
  return settled;
}
