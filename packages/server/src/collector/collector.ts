import type { Catalog, ExactCatalog } from "@rumkit/protocol";
import type { Hono, MiddlewareHandler } from "hono";
import type { Registry } from "prom-client";
import type { AlertsOptions } from "../alerting/alertsOptions.ts";
import type { ClusterOptions } from "./clusterOptions.ts";
import type { AccessOptions } from "../access/accessOptions.ts";
import type { HttpMetricsOptions } from "../instrument/httpMetrics.ts";
import type { Instruments } from "../instrument/instruments.ts";
import type { NodeHttpMetrics, NodeHttpMetricsOptions } from "../instrument/nodeHttpMetrics.ts";
import type { Trackers } from "../instrument/trackers.ts";
import type { ProxyOptions } from "../http/clientAddress.ts";
import type { RateLimitOptions } from "../http/rateLimit.ts";
import type { Journal } from "../journal/journal.ts";
import type { Log } from "../log/log.ts";
import type { RemoteWriteOptions } from "../push/remoteWriteOptions.ts";
import type { AppRegistry } from "../registry/registry.ts";
import type { SeriesBudget } from "../metrics/seriesBudget.ts";
import type { Fetch } from "../http/directBody.ts";
import type { NodeListener, NodeListenerOptions } from "../http/nodeListener.ts";
import type { ReadinessLimits } from "../health/readiness.ts";
import type { ScrubOptions } from "../scrub/createScrubber.ts";
import type { AttachWebSocket } from "../socket/upgrades.ts";
import type { UnknownNames } from "../ingest/ingestedSamples.ts";
import type { SourceMapOptions } from "../sourceMaps/createSourceMaps.ts";

export interface CollectorOptions<C extends Catalog, R extends AppRegistry = Registry> extends ProxyOptions {
  /**
   * The names that the app counts. Checked at once: a `CatalogError` lists everything that is wrong. Default none:
   * 200 names of actions, of conversions, of measurements and of features are learned, and 100 routes; further ones
   * are `__other__`.
   */
  readonly catalog?: C & ExactCatalog<C>;
  /**
   * Origins whose pages may report here in addition to the collector's own: `["https://shop.example"]`,
   * `https://*.shop.example` for every subdomain, `capacitor://localhost` for an app, `null` for files and sandboxed
   * frames. Default none.
   */
  readonly allowedOrigins?: readonly string[];
  /**
   * Keys of pages, and tokens for metrics. Default: the collector is open to everyone who can reach its path. With
   * this option every route needs a key or token, and `allowedOrigins` must list the collector's own origin as well,
   * because requests can forge the `Host` header.
   */
  readonly access?: AccessOptions;
  /**
   * In development, answers and warnings describe exactly what is wrong with an event. Default by `NODE_ENV`, ignoring
   * case: `development` if it is not set or is `development`, `dev`, `local` or `test`; otherwise `production`.
   */
  readonly environment?: "development" | "production";
  /** The app's release, shown in `app_info`. Default `"unknown"`. */
  readonly release?: string;
  /**
   * Secrets of services that may report to `POST /ingest`, 16 characters at least, in addition to the `secretKeys` of
   * `access`. Default none: the route refuses every request.
   */
  readonly ingestTokens?: readonly string[];
  /**
   * The treatment of names that services report and the catalog's `ingested` does not declare. `"bounded"`, the
   * default: number and sum of their values are counted, under 200 names and `__other__`. `"refuse"`: such an item is
   * rejected.
   */
  readonly unknownNames?: UnknownNames;
  /**
   * The rates of requests that `/collect`, `/ingest` and `/reports` process, each with separate limits; further
   * requests get 429. At `/ingest`, services with a secret are limited only by `perApp`, and all other senders by
   * `perAddress`.
   */
  readonly rateLimits?: RateLimitOptions;
  /**
   * The treatment of events of crawlers, recognized by their `User-Agent`. `"apart"`, the default: only
   * `rum_events_bot_total` counts them. `"count"`: they are counted like all others.
   */
  readonly bots?: "apart" | "count";
  /**
   * Keeps accepted events: `await openSqliteJournal({ path })`. Default in memory: exact until the process ends, and
   * answered with 202.
   */
  readonly journal?: Journal;
  /**
   * The limits of series, and the time after which an idle one is dropped. Label sets beyond a limit fold to
   * `__other__`.
   */
  readonly seriesBudget?: SeriesBudget;
  /**
   * The longest interval at which a Prometheus scrapes, in milliseconds. A new series is exposed as 0 for this time,
   * so that `increase()` includes its first events; after a restart without a journal, every series is new. Default: a
   * minute, or four times the timeout of a scraper that sends one below 10 seconds.
   */
  readonly scrapeIntervalMs?: number;
  /**
   * A registry of the app, of `prom-client` or `@prometheus-io/client`: its metrics appear in `GET /metrics`, and the
   * collector's in its own `metrics()`. Default a new one of `prom-client`.
   */
  readonly registry?: R;
  /** The limits at which `/readyz` reports that this collector should get no more requests. */
  readonly readiness?: ReadinessLimits;
  /**
   * Expose the metrics of process and event loop that `prom-client` collects. Default true, unless the registry has
   * them already.
   */
  readonly runtimeMetrics?: boolean;
  /**
   * The path of the live page, below which is everything that it requests. Letters, digits, `-`, `_`, `.` and `~`, in
   * one or more segments. Default `/realtime`.
   */
  readonly livePath?: string;
  /**
   * The path of the API for tools: `errors`, `catalog`, `cardinality`, `sourcemaps` and `openapi.json` are below it.
   * Change it if your app answers everything below `/api/` itself. Default `/api/rumkit`.
   */
  readonly apiPath?: string;
  /**
   * Have the WebSocket `/metrics/stream`, and keep the last minutes of the metrics that it pushes. Default true.
   */
  readonly metricsStream?: boolean;
  /** Count exceptions and rejections that nothing caught, in `app_exceptions_total`. Default true. */
  readonly exceptions?: boolean;
  /**
   * The log for accepted errors of pages, with their stacks, and for events of the collector: `createLog()` for JSON
   * lines on the standard output, or a logger of pino. Default none.
   */
  readonly log?: Log;
  /**
   * The source maps by which stacks of errors are resolved, outside of requests: those of a folder, and with
   * `access`, those that are uploaded with a token of scope admin. An address that a page, a stack or a map names is
   * never opened. Default none.
   */
  readonly sourceMaps?: SourceMapOptions;
  /**
   * Alerts. The collector evaluates those of the catalog, its objectives and its own once a second, exactly as the
   * generated rules of Prometheus do, and the live page shows them. This option says who gets notices of them, and which
   * actions they request. `false`: no alert is evaluated. Default `{}`: they are evaluated and shown, without notices.
   */
  readonly alerts?: AlertsOptions | false;
  /**
   * Shares the work with collectors on other machines over a log: this one is an edge, an aggregator, or the live page.
   * Default none: this process does all of it.
   */
  readonly cluster?: ClusterOptions | undefined;
  /**
   * Pushes all metrics to a Prometheus that cannot scrape this collector, or to Grafana Cloud: `{ url: { env:
   * "GRAFANA_PUSH_URL" } }`, or `remoteWrite()` for the usual variables. A receiver that fails delays no request. Default
   * none: scrape `/metrics` where you can.
   */
  readonly remoteWrite?: RemoteWriteOptions | undefined;
  /**
   * The address of a Prometheus that scrapes this collector, `http://prometheus:9090`: the charts of the live page go
   * back further than the eight days that the collector keeps. A user and a password in it are sent as Basic
   * authentication. Only figures are asked for, never a query of a viewer. Default none.
   */
  readonly prometheusUrl?: string;
  /**
   * Further text to remove from everything that people see (log, live tail, error groups), in addition to queries,
   * e-mail and IP addresses, tokens and card numbers. Default none.
   */
  readonly scrub?: ScrubOptions;
}

/** A running collector. Every function is safe to destructure. */
export interface Collector<C extends Catalog, R extends AppRegistry = Registry>
  extends Trackers<C>, Instruments<C> {
  /**
   * The routes, to mount anywhere: `POST /collect`, `GET /collect/funnels`, `POST /ingest`, `POST /reports`, `GET
   * /metrics`, `GET /rum.js`, `GET /healthz`, `GET /readyz`; below `livePath` the live page with `metrics`, `history`,
   * `durations` and `errors`; below `apiPath` `errors`, `catalog`, `cardinality`, `openapi.json`, and with access and source maps
   * `PUT sourcemaps/:release/:file`.
   */
  readonly app: Hono;
  /**
   * The same routes as a function of a web request, for servers that are not a Hono of the same copy:
   * `app.all("/rum/*", (c) => collector.fetch(c.req.raw, c.env))`, a route handler of a framework, `Bun.serve`.
   *
   * @param env The second argument of `app.fetch` of Hono. Under Node it carries the connection.
   */
  readonly fetch: (request: Request, env?: object) => Response | Promise<Response>;
  /**
   * Creates a listener for `node:http`, `node:https` and `node:http2` that answers `/collect` itself, about twice as
   * fast as through `app`, and passes every other request to `fetch`. Middleware of your app does not see `/collect`
   * then.
   *
   * Without `fetch` it is middleware, too: `app.use(collector.nodeListener())` in Express and NestJS passes on
   * requests for other routes than the collector's.
   *
   * @param fetch `app.fetch` of your app. Default the collector's own routes.
   */
  readonly nodeListener: (fetch?: Fetch, options?: NodeListenerOptions) => NodeListener;
  /**
   * Attaches the WebSocket `/metrics/stream` to your server, because an upgrade reaches the server and not the app:
   * `collector.attachWebSocket(serve(app))`. `serveCollector` does it itself. Returns a function that detaches it.
   */
  readonly attachWebSocket: AttachWebSocket;
  /** Returns Hono middleware that counts and times the answers of your app. Use it first. */
  readonly httpMetrics: (options?: HttpMetricsOptions) => MiddlewareHandler;
  /**
   * The same for servers without Hono: `app.use(nodeHttpMetrics())` in Express, a hook in Fastify
   * (`fastify.addHook("onRequest", nodeHttpMetrics())`), a call in a `node:http` listener.
   */
  readonly nodeHttpMetrics: (options?: NodeHttpMetricsOptions) => NodeHttpMetrics;
  /**
   * Register your own metrics here: they appear in `GET /metrics`. It is the option's registry, or a new one of
   * `prom-client`.
   */
  readonly registry: R;
  /**
   * Announces the end: `/readyz` answers 503, so that a load balancer chooses another instance. Events that still
   * arrive are counted until `stop`: a page that is closed now has no second chance.
   */
  readonly drain: () => void;
  /**
   * Drains, refuses new batches with 503, waits until the current ones are counted, closes journal and live streams.
   * May be called twice.
   */
  readonly stop: () => Promise<void>;
}
