import type { Catalog } from "@rumkit/protocol";
import type { Registry } from "prom-client";
import { createAccess } from "../access/access.ts";
import { createGuard, createOpens } from "../access/guard.ts";
import { createHttpMetrics } from "../instrument/httpMetrics.ts";
import { createChildOf } from "../instrument/child.ts";
import { createHttpRecorder } from "../instrument/httpRecorder.ts";
import { createEnding } from "./createEnding.ts";
import { createIntake } from "./createIntake.ts";
import { createInstruments } from "../instrument/instruments.ts";
import { createNodeHttpMetrics } from "../instrument/nodeHttpMetrics.ts";
import { createTrackers } from "../instrument/trackers.ts";
import { checkOptions } from "./checkOptions.ts";
import { createCount } from "../journal/count.ts";
import { defaultEnvironment } from "./defaultEnvironment.ts";
import { createRoutes } from "./createRoutes.ts";
import { createErrorReports } from "../errors/errorReports.ts";
import { createExemplars } from "../exposition/exemplars.ts";
import { createExposition } from "../exposition/createExposition.ts";
import { createActiveSessions } from "../collect/activeSessions.ts";
import { createDelayReading, createOverload } from "../collect/overload.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
import { watchJournal } from "../journal/watchJournal.ts";
import { draftCatalog } from "../learned/draftCatalog.ts";
import { tellLearned } from "../learned/tellLearned.ts";
import { createSeenCalls } from "../learned/seenCalls.ts";
import { createLive } from "../live/createLive.ts";
import { createCollectorLog } from "./collectorLog.ts";
import { describeMetrics } from "./describeMetrics.ts";
import { httpNamesOf } from "../catalog/httpNames.ts";
import { learnedNamesAtMost, WITHOUT_CATALOG } from "../catalog/learnedNames.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { describeBuild } from "./describeBuild.ts";
import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import { type AppRegistry, createRegistry } from "../registry/registry.ts";
import { createSeriesReport } from "../exposition/seriesReport.ts";
import { steadyNow } from "../base/steadyNow.ts";
import { createNodeListener } from "../http/nodeListener.ts";
import { createPendingWork } from "../base/pendingWork.ts";
import { isReady, type ReadinessOptions } from "../health/readiness.ts";
import { shareRecord } from "../http/recordOf.ts";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createSourceMaps } from "../sourceMaps/createSourceMaps.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import {
  createUnreadableWarning,
  createJournalWarning,
  learnedWarnings,
  warnOfLeftOut,
  warnOfMap,
  createRejectionWarning,
  warnOfScrape,
  warnOfTakeOver,
} from "./warnings.ts";

/**
 * Creates the collector of an app: what pages and server code report is checked against the catalogue,
 * counted once, and shown to Prometheus and on the live page.
 *
 * Throws a `CatalogError` for a catalog that cannot be counted, and a TypeError that names each option that is wrong.
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
  const { release = "unknown", journal = createMemoryJournal() } = options;
  const { allowedOrigins = [], seriesBudget = {} } = options;
  const catalog: Catalog = options.catalog ?? WITHOUT_CATALOG;
  const verbose = (options.environment ?? defaultEnvironment(process.env)) === "development";
  const now = Date.now;
  const descriptors = describeMetrics(catalog, seriesBudget);
  const access = options.access && createAccess(options.access, { app: catalog.app, allowedOrigins });
  const recorder = createRecorder(descriptors, steadyNow, seriesBudget);
  // Before anything of it is counted: two apps in one journal could not be told apart any more.
  // Without a catalog no app is named, and a catalog that comes later takes the journal on.
  if (options.catalog) journal.claim?.(catalog.app);
  const { record, families } = recorder;
  recorder.onEnd((ended, counter) => {
    if (counter) journal.fold(ended, counter);
  });
  warnOfLeftOut(recorder.restore(journal.saved));
  const scrub = createScrubber(options.scrub);
  const feed = createLive(catalog, recorder, scrub, steadyNow);
  const maxNames = learnedNamesAtMost(catalog);
  const isPersonal = (text: string): boolean => scrub.text(text) !== text;
  const seen = maxNames > 0 ? createSeenCalls(maxNames, isPersonal) : undefined;
  const exemplars = createExemplars(now);
  recorder.onExemplar(exemplars.keep);
  const warnOfUnreadable = createUnreadableWarning();
  const onUnreadable: UnreadableListener = (metric, error, name) => {
    record({ metric: "rum_metric_read_failures_total", labels: { metric }, value: 1 });
    warnOfUnreadable(metric, error, name);
  };
  const metrics = createRegistry<R>({
    app: catalog.app,
    families,
    exemplars,
    registry: options.registry,
    runtimeMetrics: options.runtimeMetrics ?? true,
    onTakeOver: verbose ? () => warnOfTakeOver(catalog.app) : undefined,
    onUnreadable,
  });
  const sessions = createActiveSessions(steadyNow, (value) =>
    record({ metric: "rum_batches_lost_total", labels: {}, value }),
  );
  const series = createSeriesReport(recorder);
  const log = createCollectorLog(options.log, catalog.app, now);
  if (seen) tellLearned(recorder, options.log ? log : learnedWarnings(verbose));
  const onFailing = createJournalWarning();
  const recordJournal = watchJournal(journal, record, options.log ? log.journalFailing : onFailing);
  const pending = createPendingWork();
  const onMapFailed = options.log ? log.mapNotKept : warnOfMap;
  const sourceMaps = options.sourceMaps && createSourceMaps(options.sourceMaps, record, now, onMapFailed);
  const errors = createErrorReports({
    scrub,
    resolve: sourceMaps?.resolve,
    logError: log.pageError,
    showEvents: feed.showEvents,
  });
  const count = createCount(journal, recorder, errors.see, log.journalFailed);
  const onRejected = createRejectionWarning(verbose);
  const childOf = createChildOf(recorder);
  const http = createHttpRecorder(childOf, httpNamesOf(catalog));
  const instruments = createInstruments<C>({
    catalog,
    recorder,
    childOf,
    onRejected,
    onUnreadable,
    exceptions: options.exceptions ?? true,
  });
  const readiness: ReadinessOptions = {
    ...options.readiness,
    isDraining: () => ending.isDraining,
    journal,
    series: () => recorder.tally.process,
  };
  const showGauges = (): void => {
    record({ metric: "rum_ready", labels: {}, value: isReady(readiness) ? 1 : 0 });
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
  const ending = createEnding({
    pending,
    errors,
    sourceMaps,
    feed,
    journal,
    log,
    stopWatching: () => {
      metrics.handOver();
      clearInterval(clock);
      instruments.stop();
      delay.stop();
    },
    release: metrics.release,
  });
  for (const sample of describeBuild(catalog.app, release)) record(sample);

  const intake = createIntake({
    options,
    catalog,
    access,
    verbose,
    seen,
    overload,
    count,
    recorder,
    record,
    sessions,
    log,
    isDraining: () => ending.isStopping,
    durable: journal.durable,
    now,
  });
  const routes = createRoutes({
    catalog,
    ...intake,
    guard: createGuard(access, record),
    opens: createOpens(access),
    exposition: createExposition({
      families,
      exemplars,
      readAppFamilies: metrics.readAppFamilies,
      defaultLabels: metrics.defaultLabels,
      onRender: () => {
        showGauges();
        series.record();
      },
    }),
    series,
    onScrapeError: warnOfScrape,
    scrapeIntervalMs: options.scrapeIntervalMs,
    feed,
    errors,
    draft: seen && (() => draftCatalog(catalog.app, families, seen)),
    maps: access && sourceMaps?.maps,
    onMapFailed,
    pending,
    readiness,
  });
  const trackers = createTrackers<C>({
    catalog,
    count: (entry) => pending.add(count(entry)),
    record,
    now,
    onRejected,
    onCall: seen?.see,
  });
  // Last: an option that is refused comes before.
  log.started({ release, durable: journal.durable });

  const collector: Collector<C, R> = {
    app: routes.app,
    fetch: (request, env) => routes.app.fetch(request, env),
    nodeListener: (fetch, listenerOptions = {}) =>
      createNodeListener({ collect: routes.collect, app: routes.app, fetch }, listenerOptions),
    ...trackers,
    ...instruments.calls,
    httpMetrics: createHttpMetrics(http, routes.handlers),
    nodeHttpMetrics: createNodeHttpMetrics(http, catalog),
    registry: metrics.registry,
    drain: ending.drain,
    stop: ending.stop,
  };
  shareRecord(collector, record);
  return collector;
}
