import type { Catalog } from "@rumkit/protocol";
import { type Handler, Hono } from "hono";
import type { Guard, Opens } from "../access/guard.ts";
import { createCardinalityRoute } from "../exposition/seriesReport.ts";
import { createCollect, createValidate } from "../collect/collectRoute.ts";
import type { ErrorReports } from "../errors/errorReports.ts";
import { createDraftRoute } from "../learned/draftCatalog.ts";
import { createErrorsRoute } from "../errors/errorsRoute.ts";
import { createFunnelsRoute } from "../collect/funnelsRoute.ts";
import type { Exposition } from "../exposition/createExposition.ts";
import { createMetricsRoute } from "../exposition/metricsRoute.ts";
import { type AnswerRequest, NO_SNIFFING } from "../http/collectRequest.ts";
import { toHandler } from "../http/honoRequest.ts";
import { createIngest, type IngestOptions } from "../ingest/ingestRoute.ts";
import type { History } from "../history/history.ts";
import { createHistoryRoute } from "../history/historyRoute.ts";
import type { Prometheus } from "../history/prometheus.ts";
import type { Feed } from "../live/feed.ts";
import { createLiveRoute } from "../live/liveRoute.ts";
import { createPageRoutes } from "../live/pageRoutes.ts";
import { createOpenApiRoute } from "../openapi/openApiRoute.ts";
import { answerUnknown } from "../http/notFound.ts";
import type { MapTable } from "../sourceMaps/mapTable.ts";
import { createUploadRoute } from "../sourceMaps/uploadRoute.ts";
import type { SeriesReport } from "../exposition/seriesReport.ts";
import type { PendingWork } from "../base/pendingWork.ts";
import { createReadyRoute, type ReadinessOptions } from "../health/readiness.ts";
import { createPageVocabulary } from "../pages/pageEvents.ts";
import { createReports, type ReportsOptions } from "../reports/reportsRoute.ts";
import { createScriptRoutes } from "../script/scriptRoutes.ts";
import type { CollectOptions } from "../collect/collectOptions.ts";

export interface RoutesOptions {
  readonly catalog: Catalog;
  readonly collect: CollectOptions;
  readonly ingest: IngestOptions;
  readonly reports: ReportsOptions;
  readonly guard: Guard;
  readonly opens: Opens;
  readonly exposition: Exposition;
  /** As of `CollectorOptions`. */
  readonly scrapeIntervalMs: number | undefined;
  readonly feed: Feed;
  readonly history: History;
  readonly prometheus: Prometheus | undefined;
  readonly errors: ErrorReports;
  /** Returns the draft of a catalog; undefined if no names are learned. */
  readonly draft: (() => Catalog) | undefined;
  /** The store of uploaded source maps; undefined if maps cannot be uploaded. */
  readonly maps: MapTable | undefined;
  /** Called with the reason if the collector could not store a map. */
  readonly onMapFailed: (reason: string) => void;
  /** Counting requests that are not answered yet. */
  readonly pending: PendingWork;
  readonly series: SeriesReport;
  /** Called when a scrape could not be answered. */
  readonly onScrapeError: (error: unknown) => void;
  readonly readiness: ReadinessOptions;
}

/** The collector's routes, and the handlers that distinguish them from the app's own. */
export interface Routes {
  readonly app: Hono;
  readonly handlers: WeakSet<Handler>;
  /** Answers `/collect`, without Hono: for our own listener. */
  readonly collect: AnswerRequest;
}

export function createRoutes(options: RoutesOptions): Routes {
  const { catalog, collect, guard, exposition, feed, errors, maps, pending } = options;
  const handlers = new WeakSet<Handler>();
  const own = (handler: Handler): Handler => {
    handlers.add(handler);
    return handler;
  };
  /** A whole request is pending work, so that a stop waits for bodies that have not arrived yet. */
  const counting =
    (answer: AnswerRequest): AnswerRequest =>
    (request) =>
      pending.add(answer(request));
  const answerBatch = counting(createCollect(collect));
  const page = createPageRoutes();
  const app = new Hono();
  /** Registers a route with and without a slash at the end, because some frameworks and proxies add or remove it. */
  const on = (method: string, path: string, handler: Handler): void => {
    app.on(method, [path, `${path}/`], own(withoutSniffing(handler)));
  };

  /** These answers already have all the headers that they need. */
  const onPlain = (method: string, path: string, answer: AnswerRequest): void => {
    app.on(method, [path, `${path}/`], own(toHandler(answer)));
  };

  onPlain("ALL", "/collect", answerBatch);
  const translate = createPageVocabulary(catalog);
  onPlain("ALL", "/collect/validate", createValidate({ ...collect, translate }));
  const funnels = createFunnelsRoute(catalog, collect.checkOrigin);
  on("GET", "/collect/funnels", funnels);
  on("OPTIONS", "/collect/funnels", funnels);
  onPlain("POST", "/ingest", counting(createIngest(options.ingest)));
  const answerReports = counting(createReports(options.reports));
  onPlain("POST", "/reports", answerReports);
  onPlain("OPTIONS", "/reports", answerReports);
  const { record, senderOf } = collect;
  const { scrapeIntervalMs, onScrapeError: onError } = options;
  const metrics = createMetricsRoute({ exposition, record, onError, senderOf, scrapeIntervalMs });
  on("GET", "/metrics", guard("metrics", metrics));
  on("GET", "/openapi.json", createOpenApiRoute());
  on("GET", "/realtime", page.page);
  on("GET", "/realtime/assets/:file", page.asset);
  const script = createScriptRoutes();
  on("GET", "/rum.js", script.current);
  on("GET", `/${script.pinnedName}`, script.pinned);
  on("GET", "/realtime/metrics", guard("live", createLiveRoute({ feed, record, senderOf })));
  const { history, prometheus } = options;
  const answerHistory = createHistoryRoute({ history, prometheus, now: Date.now });
  on("GET", "/realtime/history", guard("live", answerHistory));
  if (maps)
    on("PUT", "/api/sourcemaps/:release/:file", guard("admin", createUploadRoute(maps, options.onMapFailed)));
  on("GET", "/api/errors", guard("live", createErrorsRoute(errors)));
  on("GET", "/api/catalog", guard("live", createDraftRoute(options.draft)));
  on("GET", "/api/cardinality", guard("metrics", createCardinalityRoute(options.series)));
  on("GET", "/healthz", (c) => c.json({ status: "alive" }));
  on("GET", "/readyz", createReadyRoute(options.readiness, options.opens("metrics")));
  return { app: answerUnknown(app), handlers, collect: answerBatch };
}

/** Returns a handler whose answers have `X-Content-Type-Options: nosniff`. */
function withoutSniffing(handler: Handler): Handler {
  return (c, next) => {
    for (const [name, value] of Object.entries(NO_SNIFFING)) c.header(name, value);
    return handler(c, next);
  };
}
