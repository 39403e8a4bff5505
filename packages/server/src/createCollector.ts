import type { RequestListener } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Catalog } from "@rumkit/protocol";
import type { Hono, MiddlewareHandler } from "hono";
import type { Registry } from "prom-client";
import { createAccess } from "./access/access.ts";
import type { AccessOptions } from "./access/accessOptions.ts";
import { createGuard } from "./access/guard.ts";
import { createSecretCheck } from "./access/secretCheck.ts";
import { createHttpMetrics, type HttpMetricsOptions } from "./backend/httpMetrics.ts";
import { createChildOf } from "./backend/child.ts";
import { createHttpRecorder } from "./backend/httpRecorder.ts";
import { createInstruments, type Instruments } from "./backend/instruments.ts";
import {
  createNodeHttpMetrics,
  type NodeHttpMetrics,
  type NodeHttpMetricsOptions,
} from "./backend/nodeHttpMetrics.ts";
import { createTrackers, type Trackers } from "./backend/trackers.ts";
import type { CollectOptions } from "./collectRoute.ts";
import { createCount } from "./count.ts";
import { createRoutes } from "./createRoutes.ts";
import { createErrorReports } from "./errors/errorReports.ts";
import { createExemplars } from "./exposition/exemplars.ts";
import { createExposition } from "./exposition/createExposition.ts";
import { createActiveSessions } from "./ingest/activeSessions.ts";
import { createBotCheck } from "./ingest/botCheck.ts";
import { createSenderOf, type ProxyOptions } from "./ingest/clientAddress.ts";
import { createOriginPolicy } from "./ingest/originPolicy.ts";
import { createDelayReading, createOverload } from "./ingest/overload.ts";
import { createRateLimit, type RateLimitOptions } from "./ingest/rateLimit.ts";
import type { Rejection } from "./ingest/rejection.ts";
import type { Journal, SavedSeries } from "./journal/journal.ts";
import { createMemoryJournal } from "./journal/memoryJournal.ts";
import type { IngestOptions } from "./ingestRoute.ts";
import { watchJournal } from "./journal/watchJournal.ts";
import { createLive } from "./live/createLive.ts";
import { createCollectorLog } from "./log/collectorLog.ts";
import type { Log } from "./log/log.ts";
import { describeMetrics } from "./metrics/describeMetrics.ts";
import { httpNamesOf } from "./metrics/httpNames.ts";
import { createRecorder } from "./metrics/recorder.ts";
import { type AppRegistry, createRegistry } from "./metrics/registry.ts";
import type { SeriesBudget } from "./metrics/seriesBudget.ts";
import { createSeriesReport } from "./metrics/seriesReport.ts";
import { steadyNow } from "./metrics/steadyNow.ts";
import { createNodeListener, type Fetch, type NodeListenerOptions } from "./nodeListener.ts";
import { createPendingWork } from "./pendingWork.ts";
import type { ReadinessLimits } from "./readiness.ts";
import { createReportVocabulary } from "./reports/reportEvent.ts";
import type { ReportsOptions } from "./reportsRoute.ts";
import { createScrubber, type ScrubOptions } from "./scrub/createScrubber.ts";
import { createIngestVocabulary, type UnknownNames } from "./vocabulary/ingestedSamples.ts";
import { createSourceMaps } from "./sourceMaps/createSourceMaps.ts";
import type { SourceMapOptions } from "./sourceMaps/sourceMapOptions.ts";
import { createPageVocabulary } from "./vocabulary/pageEvents.ts";

/** Milliseconds that `stop` waits for open requests: a sender that is slower gets no answer. */
const DRAIN_MS = 4_000;

/** Milliseconds that `stop` waits for stacks that are being resolved; what is not by then is not shown. */
const SETTLE_MS = 1_000;

export interface CollectorOptions<C extends Catalog, R extends AppRegistry = Registry> extends ProxyOptions {
  /** What the app counts. Checked at once: a `CatalogError` lists everything that is wrong. */
  readonly catalog: C;
  /**
   * Origins whose pages may report here besides the collector's own: `["https://shop.example"]`.
   * Default none.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Keys of pages and tokens for figures. Default: as open as the place where the collector is mounted. Once
   * it is given, what nothing opens is closed, and the collector's own origin has to be listed as well: the
   * `Host` header, which a request chooses itself, decides nothing any more.
   */
  readonly access?: AccessOptions;
  /**
   * In development answers and warnings say exactly what is wrong with an event. Default: `production` where
   * `NODE_ENV` says so, else `development`.
   */
  readonly environment?: "development" | "production";
  /** The app's release, shown in `app_info`. Default `"unknown"`. */
  readonly release?: string;
  /**
   * Secrets of services that may report to `POST /ingest`, 16 characters at least, besides the `secretKeys` of
   * `access`. Default none: the route refuses everybody.
   */
  readonly ingestTokens?: readonly string[];
  /**
   * What becomes of names that services report and the catalogue's `ingested` does not declare. `"bounded"`,
   * the default: number and sum of their values are counted, under 200 names and `__other__`. `"refuse"`: such
   * an item is rejected.
   */
  readonly unknownNames?: UnknownNames;
  /**
   * How much `/collect`, `/ingest` and `/reports` look at, each for itself; what is more gets 429. At `/ingest`
   * services with a secret have `perApp` alone, and everybody else `perAddress`.
   */
  readonly rateLimits?: RateLimitOptions;
  /**
   * What becomes of the events of crawlers, known by their `User-Agent`. `"apart"`, the default: only
   * `rum_events_bot_total` counts them. `"count"`: they are counted like everybody's.
   */
  readonly bots?: "apart" | "count";
  /**
   * Keeps what is accepted: `await openSqliteJournal({ path })`. Default in memory: exact until the process ends, and
   * answered with 202.
   */
  readonly journal?: Journal;
  /** How many series there may be, and how long an idle one stays. What exceeds it folds to `__other__`. */
  readonly seriesBudget?: SeriesBudget;
  /**
   * A registry of the app, of `prom-client` or `@prometheus-io/client`: its metrics appear in `GET /metrics`,
   * and the collector's in its own `metrics()`. Default a new one of `prom-client`.
   */
  readonly registry?: R;
  /** When `/readyz` says that this collector should get no more. */
  readonly readiness?: ReadinessLimits;
  /** Expose the metrics of process and event loop that `prom-client` knows. Default true, where the registry has none. */
  readonly runtimeMetrics?: boolean;
  /** Count exceptions and rejections that nothing caught, in `app_exceptions_total`. Default true. */
  readonly exceptions?: boolean;
  /**
   * Where accepted errors of pages, with their stacks, and what happens to the collector are written:
   * `createLog()` for JSON lines on the standard output, or a logger of pino. Default nowhere.
   */
  readonly log?: Log;
  /**
   * The source maps by which stacks of errors are resolved, off the way of requests: those of a folder, and where
   * there is `access`, those that are uploaded with a token of scope admin. No address that a page, a stack or a
   * map names is ever opened. Default none.
   */
  readonly sourceMaps?: SourceMapOptions;
  /**
   * What is taken out of the texts that people see (log, live tail, error groups) besides queries, e-mail and IP
   * addresses, tokens and card numbers. Default nothing.
   */
  readonly scrub?: ScrubOptions;
}

/** A running collector. Every function is safe to destructure. */
export interface Collector<C extends Catalog, R extends AppRegistry = Registry>
  extends Trackers<C>, Instruments<C> {
  /**
   * The routes, to mount anywhere: `POST /collect`, `GET /collect/funnels`, `POST /ingest`,
   * `POST /reports`, `GET /metrics`, `GET /realtime`, `GET /realtime/metrics`, `GET /api/errors`,
   * `GET /healthz`, `GET /readyz`, and with access and source maps `PUT /api/sourcemaps/:release/:file`.
   */
  readonly app: Hono;
  /**
   * A listener for `node:http` that answers `/collect` itself, about twice as fast as through `app`, and
   * hands everything else to `fetch`. Middleware of your app does not see `/collect` then.
   *
   * @param fetch `app.fetch` of your app. Default the collector's own routes.
   */
  readonly nodeListener: (fetch?: Fetch, options?: NodeListenerOptions) => RequestListener;
  /** Hono middleware that counts and times what your app answers. Use it first. */
  readonly httpMetrics: (options?: HttpMetricsOptions) => MiddlewareHandler;
  /**
   * The same for servers without Hono: `app.use(nodeHttpMetrics())` in Express, a hook in Fastify
   * (`fastify.addHook("onRequest", nodeHttpMetrics())`), a call in a `node:http` listener.
   */
  readonly nodeHttpMetrics: (options?: NodeHttpMetricsOptions) => NodeHttpMetrics;
  /** Register metrics of your own here: they appear in `GET /metrics`. The option's, or one of `prom-client`. */
  readonly registry: R;
  /**
   * Says that the end is near: `/readyz` answers 503, so that a load balancer looks elsewhere. What comes all
   * the same is still counted, until `stop`: a page that is closed now has no second chance.
   */
  readonly drain: () => void;
  /** Drains, refuses new batches with 503, waits for what is being counted, closes journal and live streams. May be called twice. */
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
export function createCollector<C extends Catalog, R extends AppRegistry = Registry>(
  options: CollectorOptions<C, R>,
): Collector<C, R> {
  const { catalog, release = "unknown", journal = createMemoryJournal() } = options;
  const { allowedOrigins = [] } = options;
  const access = options.access && createAccess(options.access, { app: catalog.app, allowedOrigins });
  const verbose = (options.environment ?? process.env["NODE_ENV"]) !== "production";
  const now = Date.now;
  const { seriesBudget = {} } = options;
  const recorder = createRecorder(describeMetrics(catalog, seriesBudget), steadyNow, seriesBudget);
  const { record } = recorder;
  // First of all who listens: what a journal kept for more series than there is room for is folded there too.
  recorder.onEnd((ended, into) => {
    if (into) journal.fold(ended, into);
  });
  warnOfLeftOut(recorder.restore(journal.saved));
  const scrub = createScrubber(options.scrub);
  const feed = createLive(catalog, recorder, scrub, now);
  const { families } = recorder;
  const exemplars = createExemplars(now);
  recorder.onExemplar(exemplars.keep);
  const { registry, readAppFamilies } = createRegistry<R>({
    families,
    exemplars,
    registry: options.registry,
    runtimeMetrics: options.runtimeMetrics ?? true,
  });
  const sessions = createActiveSessions(now, (value) =>
    record({ metric: "rum_batches_lost_total", labels: {}, value }),
  );
  const series = createSeriesReport(recorder);
  const recordJournal = watchJournal(journal, record);
  const pending = createPendingWork();
  const log = createCollectorLog(options.log, catalog.app, now);
  const sourceMaps = options.sourceMaps && createSourceMaps(options.sourceMaps, record, now);
  const errors = createErrorReports({
    scrub,
    resolve: sourceMaps?.resolve,
    logError: log.pageError,
    showEvents: feed.showEvents,
  });
  const count = createCount(journal, recorder, errors.see, log.journalFailed);
  const onRejected = verbose ? warn : () => {};
  const childOf = createChildOf(recorder);
  const http = createHttpRecorder(childOf, httpNamesOf(catalog));
  const instruments = createInstruments<C>({
    catalog,
    recorder,
    childOf,
    onRejected,
    exceptions: options.exceptions ?? true,
  });
  let draining = false;
  let stopping = false;

  const showGauges = (): void => {
    record({ metric: "rum_active_sessions", labels: {}, value: sessions.count() });
    http.showInFlight();
    recordJournal();
    instruments.readGauges();
  };
  const delay = createDelayReading();
  const overload = createOverload(() => ({
    delayMs: delay.read(),
    journalMs: journal.state?.().waitingMs ?? 0,
  }));
  const clock = setInterval(() => {
    overload.read();
    record({ metric: "rum_overload_level", labels: {}, value: overload.level });
    showGauges();
    recorder.sweep();
    feed.tick();
    log.tick();
  }, 1000);
  clock.unref();
  record({ metric: "app_info", labels: { app: catalog.app, release }, value: 1 });
  log.started({ release, durable: journal.durable });

  const { rateLimits = {} } = options;
  const senderOf = createSenderOf(options);
  const collect: CollectOptions = {
    app: catalog.app,
    verbose,
    checkOrigin: createOriginPolicy(access?.origins ?? allowedOrigins, { ownHost: !access }),
    access,
    translate: createPageVocabulary(catalog),
    senderOf,
    rateLimit: createRateLimit(rateLimits),
    isBot: options.bots === "count" ? () => false : createBotCheck(),
    overload,
    count,
    record,
    sessions,
    isDraining: () => stopping,
    durable: journal.durable,
    now,
  };
  const ingest: IngestOptions = {
    checkSecret: createSecretCheck(options, access),
    rateLimit: createRateLimit({ ...rateLimits, perAddress: false }),
    strangerLimit: createRateLimit({ ...rateLimits, perApp: false }),
    senderOf,
    translate: createIngestVocabulary(catalog, options.unknownNames ?? "bounded"),
    count,
    record,
    verbose,
    isDraining: () => stopping,
    now,
  };
  const reports: ReportsOptions = {
    checkOrigin: collect.checkOrigin,
    access,
    senderOf,
    // Of its own: a policy that goes wrong on every page takes nothing from the batches.
    rateLimit: createRateLimit(rateLimits),
    translate: createReportVocabulary(catalog),
    count,
    record,
    verbose,
    isDraining: () => stopping,
    now,
  };
  const routes = createRoutes({
    catalog,
    collect,
    ingest,
    reports,
    guard: createGuard(access, record),
    exposition: createExposition({
      families,
      exemplars,
      readAppFamilies,
      onRender: () => {
        showGauges();
        series.record();
      },
    }),
    series,
    onScrapeError: warnOfScrape,
    feed,
    errors,
    maps: access && sourceMaps?.maps,
    pending,
    readiness: {
      ...options.readiness,
      isDraining: () => draining,
      journal,
      series: () => recorder.tally.process,
    },
  });
  const trackers = createTrackers<C>({
    catalog,
    count: (entry) => pending.add(count(entry)),
    record,
    now,
    onRejected,
  });

  return {
    app: routes.app,
    nodeListener: (fetch = routes.app.fetch, listenerOptions = {}) =>
      createNodeListener(routes.collect, fetch, listenerOptions),
    ...trackers,
    ...instruments.calls,
    httpMetrics: createHttpMetrics(http, routes.handlers),
    nodeHttpMetrics: createNodeHttpMetrics(http, catalog),
    registry,
    drain: () => {
      if (!draining) log.draining();
      draining = true;
    },
    stop: async () => {
      const isFirst = !stopping;
      draining = true;
      stopping = true;
      clearInterval(clock);
      instruments.stop();
      delay.stop();
      await Promise.race([pending.settled(), wait(DRAIN_MS, undefined, { ref: false })]);
      await Promise.race([errors.settle(), wait(SETTLE_MS, undefined, { ref: false })]);
      await sourceMaps?.close();
      feed.close();
      await journal.close();
      if (isFirst) log.stopped();
    },
  };
}

/** A count that nobody sees any more is told once: the catalogue may have lost an entry by mistake. */
function warnOfLeftOut(leftOut: readonly SavedSeries[]): void {
  if (leftOut.length === 0) return;
  const metrics = [...new Set(leftOut.map(({ metric }) => metric))].join(", ");
  const message = `${leftOut.length} series of the journal are not shown, because the catalogue does not describe them any more: ${metrics}.`;
  process.emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_LEFT_OUT" });
}

function warnOfScrape(error: unknown): void {
  const message = `A metric of the app cannot be read: ${String(error)}`;
  process.emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_SCRAPE_FAILED" });
}

/** Node prints it on the error output, and an app can listen to `process.on("warning")` instead. */
function warn({ message }: Rejection): void {
  process.emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_REJECTED" });
}
