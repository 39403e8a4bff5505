import type { Catalog } from "@rumkit/protocol";
import type { AccessToken, AlertsOptions, RemoteWriteOptions, SecretKey, WriteKey } from "@rumkit/server";
import type { Openable } from "@rumkit/server/internal/serve";

/**
 * The settings of `rumkit serve` in a file, `rumkit.config.ts` (or `.mts`, `.js`, `.mjs`, `.json`).
 *
 * Each setting of one line is also an environment variable and a flag: `headersTimeoutMs` is
 * `RUMKIT_HEADERS_TIMEOUT_MS` and `--headers-timeout-ms`. Flags take precedence over the environment, the environment
 * over the file, the file over the defaults. Secrets have no flag, because every user of the machine can read a command
 * line.
 */
export interface RumkitConfig {
  /**
   * The catalog, or the path of the module that exports it, relative to the configuration file. Default `./catalog.ts`
   * if it exists. Without a catalog, names and routes are learned.
   */
  readonly catalog?: string | Catalog | undefined;
  /** Name or address to listen on. Default `127.0.0.1`. Addresses beyond loopback require keys, origins and tokens. */
  readonly host?: string | undefined;
  /** TCP port, 0 for any that is free. 0 to 65 535. Default 4 000. */
  readonly port?: number | undefined;
  /** Descriptor of a listening socket that this process was given, instead of host and port. 0 to 1 023. Default none. */
  readonly listenFd?: number | undefined;
  /** Origins whose pages may report: `["https://shop.example"]`. Default none. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * Values of `Host`, without the port, under which metrics can be read without a token. IP addresses and the names of
   * loopback are always allowed. Default: only those if there is no key, no token and nothing in `open`; otherwise any.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Keys of pages. Default none. In the environment: `name=key,name=key`. */
  readonly writeKeys?: readonly WriteKey[] | undefined;
  /** Secrets of services that send to `/ingest`. Default none. In the environment: `name=secret,name=secret`. */
  readonly secretKeys?: readonly SecretKey[] | undefined;
  /** Secrets that give access to metrics. Default none. */
  readonly tokens?: readonly AccessToken[] | undefined;
  /** One more token with the scope `metrics`, for Prometheus. Default none. */
  readonly metricsToken?: string | undefined;
  /** One more token with the scope `live`, to read the live page. Default none. */
  readonly liveToken?: string | undefined;
  /** One more token with the scope `admin`. Default none. */
  readonly adminToken?: string | undefined;
  /**
   * Addresses and networks (`10.0.0.0/8`) of trusted proxies, which report the client's address. Default none. Then
   * all clients behind a proxy on another machine share one rate limit.
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /** The header in which proxies report the client's address. Default `x-forwarded-for`. */
  readonly forwardedHeader?: "x-forwarded-for" | "forwarded" | undefined;
  /**
   * Parts that are open to everyone: `collect`, `metrics`, `live`; on loopback also `alerts`, to act on alerts. Default
   * none beyond loopback.
   */
  readonly open?: readonly Openable[] | undefined;
  /**
   * In `production` answers have codes, in `development` also explanations. Default by `NODE_ENV`, as for
   * `createCollector`. If that is not set: `production` if other machines can reach the collector or a service manager
   * holds the socket, otherwise `development`.
   */
  readonly environment?: "development" | "production" | undefined;
  /** Events of bots are counted `apart`, or with all others (`count`). Default `apart`. */
  readonly bots?: "apart" | "count" | undefined;
  /**
   * The treatment of names that services report and the catalog lacks. `bounded`: number and sum of their values are
   * counted under up to 200 names. `refuse`: the item is rejected. Default `bounded`.
   */
  readonly unknownNames?: "bounded" | "refuse" | undefined;
  /**
   * Max requests per second of an address to `/collect`, to `/reports`, and to `/ingest` without a secret. 1 to 1 000
   * 000, or false for no limit. Default 100. Loopback addresses have no limit.
   */
  readonly ratePerAddress?: number | false | undefined;
  /** Max burst of requests of an address. 1 to 1 000 000. Default 500. */
  readonly burstPerAddress?: number | undefined;
  /** Max requests per second of all addresses together to one of these routes. 1 to 1 000 000, or false. Default 20 000. */
  readonly ratePerApp?: number | false | undefined;
  /** Max burst of requests of all addresses. 1 to 1 000 000. Default 40 000. */
  readonly burstPerApp?: number | undefined;
  /**
   * Max series of one metric with open labels; further label values fold to `__other__`. 1 to 10 000 000. Default 2 000.
   */
  readonly seriesPerMetric?: number | undefined;
  /**
   * Max series of all such metrics of one side: pages, backend, the collector itself. 1 to 10 000 000. Default 10 000.
   */
  readonly seriesPerSide?: number | undefined;
  /** Max series of all metrics. If the catalog may need more, the collector does not start. 1 to 10 000 000. Default 50 000. */
  readonly seriesPerProcess?: number | undefined;
  /**
   * Milliseconds without a sample after which a series with open labels ends; its value moves to
   * `rum_series_ended_value_total`. 60 000 to 2 592 000 000, 30 days. Default 86 400 000, a day.
   */
  readonly seriesIdleMs?: number | undefined;
  /**
   * The longest interval at which a Prometheus scrapes, in milliseconds. A new series is exposed to scrapers as 0 for
   * this time. 100 to 86 400 000. Default a minute, or four times the timeout of a scraper that sends one below 10
   * seconds.
   */
  readonly scrapeIntervalMs?: number | undefined;
  /**
   * The address of a Prometheus that scrapes this collector, `http://prometheus:9090`: the charts of the live page then go
   * back further than eight days. A user and a password in it are sent as Basic authentication. Default none.
   */
  readonly prometheusUrl?: string | undefined;
  /**
   * Receivers of alerts, routes to them, mute times, and actions, as the option `alerts` of `createCollector`; false: no alert
   * is evaluated. A secret is a text, `{ env: "NAME" }` or `{ file: "path" }`, relative to the configuration file. Default
   * `{}`: alerts are evaluated and shown on the live page, without notices.
   */
  readonly alerts?: AlertsOptions | false | undefined;
  /**
   * Pushes all metrics to a Prometheus that cannot scrape, as the option `remoteWrite` of `createCollector`. A secret is a
   * text, `{ env: "NAME" }` or `{ file: "path" }`. Default none: nothing is pushed.
   */
  readonly remoteWrite?: RemoteWriteOptions | undefined;
  /**
   * The url of the push alone. Default `GRAFANA_PUSH_URL`, with `GRAFANA_USERNAME` and `GRAFANA_API_KEY`; without them nothing is
   * pushed.
   */
  readonly remoteWriteUrl?: string | undefined;
  /** The user of the push's Basic authentication. Default none. */
  readonly remoteWriteUsername?: string | undefined;
  /** The password of the push's Basic authentication. Default none. */
  readonly remoteWritePassword?: string | undefined;
  /** A token for the push, `Authorization: Bearer …`. Default none. */
  readonly remoteWriteToken?: string | undefined;
  /** Milliseconds between two pushes. 1 000 to 300 000. Default 15 000. */
  readonly remoteWriteIntervalMs?: number | undefined;
  /** The protocol of the push. Default `1.0`. */
  readonly remoteWriteVersion?: "1.0" | "2.0" | "otlp" | undefined;
  /** Labels for every series that is pushed: `["instance=shop-1"]`. Default `job`, the app's name, and `instance`, the machine's. */
  readonly remoteWriteLabels?: readonly string[] | undefined;
  /** Private networks and addresses that the receiver of the push may have: `["10.0.0.0/8"]`. Default none. */
  readonly remoteWritePrivate?: readonly string[] | undefined;
  /** The app's release, shown in `app_info`. Default `unknown`. */
  readonly release?: string | undefined;
  /**
   * File of the journal, which stores the counts, relative to the configuration file; or `memory` for none: then
   * counts begin at 0 after a restart, and answers have status 202 instead of 200. Default `./rumkit.journal`.
   */
  readonly journal?: string | undefined;
  /**
   * Ids that the journal remembers, to count a batch once that is sent again: for 72 h, or shorter if more arrive. Of pages
   * and of services each; 31 bytes of memory for each. 1 000 to 100 000 000. Default 500 000.
   */
  readonly rememberedIds?: number | undefined;
  /**
   * The work of this process. `all`: everything, without a log. `edge`: takes what pages send and publishes it to the log.
   * `aggregate`: counts the messages of its partitions. `live`: live page, alerts and API over all aggregators. Default
   * `all`.
   */
  readonly role?: "all" | "edge" | "aggregate" | "live" | undefined;
  /** The address of the log of the other roles, with its user and password: `nats://…`, `redis://…`, `kafka://…`. Default none. */
  readonly broker?: string | undefined;
  /** Partitions of the log: the most aggregators. 1 to 1 024. Fixed when it is created. Default: as it has them, 12 for a new one. */
  readonly brokerPartitions?: number | undefined;
  /** Addresses where NATS tells its settings, for the check at the start: `["http://10.0.0.5:8222"]`. Default none. */
  readonly brokerMonitor?: readonly string[] | undefined;
  /**
   * The name of this process among its role, the same after each restart: `aggregate-0`. Up to 63 letters, digits and `-`.
   * Required for the roles `aggregate` and `live`. Default none.
   */
  readonly name?: string | undefined;
  /** Folder of an edge for what it accepts while the log is away, relative to the configuration file. Default `./rumkit.spool`. */
  readonly spool?: string | undefined;
  /** Max bytes of that folder; beyond it an edge answers 503. 1 048 576 or more. Default 1 073 741 824: 1 GiB. */
  readonly maxSpoolBytes?: number | undefined;
  /** Starts with a log whose settings can lose acknowledged messages, and warns. Default false: the start is refused. */
  readonly allowUnsafeBroker?: boolean | undefined;
  /**
   * Folder of source maps, relative to the configuration file, with a folder for each release. Maps that are uploaded
   * with a token of scope admin are stored there, too. Default none: stacks of errors are not resolved.
   */
  readonly sourceMaps?: string | undefined;
  /**
   * Max bytes of uploaded source maps. Beyond it, the release that was uploaded longest ago is removed. 52 428 800 or
   * more, one map of the largest size. Default 1 073 741 824: 1 GiB.
   */
  readonly sourceMapsQuotaBytes?: number | undefined;
  /**
   * Shows the source line of each frame of a stack. Default false, because more people may read the log than the code.
   */
  readonly sourceMapsContext?: boolean | undefined;
  /**
   * Patterns of further personal data in texts of pages. Each match becomes `[scrubbed]` in the log, the live tail and
   * the error groups. Regular expressions, or in JSON their source. They must not backtrack. Default none.
   */
  readonly scrubPatterns?: readonly (string | RegExp)[] | undefined;
  /** Keys of attributes whose values become `[scrubbed]`, in addition to those that name a secret. Default none. */
  readonly scrubKeys?: readonly string[] | undefined;
  /**
   * `json` writes events of the collector and errors of pages as JSON lines to the standard output; `none` writes
   * nothing. Default `json`.
   */
  readonly log?: "json" | "none" | undefined;
  /**
   * Max log lines per second for requests, and as many for refused and cut-off ones. A line has method, route pattern,
   * status, seconds, bytes, and the ids of trace and request, but no address and no query. Further requests are counted
   * in a line. 1 to 1 000, or false for none. Default false. `log: "none"` disables it, too.
   */
  readonly accessLog?: number | false | undefined;
  /** Path of the live page, below which is everything that it requests. Default `/realtime`. */
  readonly livePath?: string | undefined;
  /** Path of the API for tools: errors, catalog, cardinality, source maps. Default `/api/rumkit`. */
  readonly apiPath?: string | undefined;
  /** Has the WebSocket `/metrics/stream`. Default true. */
  readonly metricsStream?: boolean | undefined;
  /** Exposes metrics of the process and its event loop. Default true. */
  readonly runtimeMetrics?: boolean | undefined;
  /** Milliseconds that an entry may wait for the disk before `/readyz` fails. 10 to 60 000. Default 5 000. */
  readonly readyJournalWaitMs?: number | undefined;
  /** Bytes that must be free on the journal's disk; otherwise `/readyz` fails. 0 or more. Default 67 108 864: 64 MiB. */
  readonly readyFreeBytes?: number | undefined;
  /**
   * Milliseconds between "not ready" and the end of accepting, so that a load balancer can react. 0 to 60 000. Default
   * 0.
   */
  readonly drainDelayMs?: number | undefined;
  /** Milliseconds that the rest of the shutdown may take. 500 to 60 000. Default 4 800: below 5 s in total. */
  readonly drainTimeoutMs?: number | undefined;
  /**
   * Milliseconds before the supervisor restarts a worker that died; doubled with each failure up to 10 s. 0 to 60 000.
   * Default 100.
   */
  readonly restartDelayMs?: number | undefined;
  /** Milliseconds that the head of a request may take. 1 000 to 60 000. Default 5 000. */
  readonly headersTimeoutMs?: number | undefined;
  /** Milliseconds that a whole request may take. 1 000 to 60 000. Default 8 000, of which the body may take 7 s. */
  readonly requestTimeoutMs?: number | undefined;
  /** Milliseconds that an idle connection is kept. 0 to 600 000. Default 65 000: longer than proxies keep theirs. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** Max bytes of the head of a request. 1 024 to 65 536. Default 16 384: Node's own. */
  readonly maxHeaderBytes?: number | undefined;
  /** Max concurrent connections. 1 to 1 000 000. Default 10 000. */
  readonly maxConnections?: number | undefined;
  /** Max requests of one connection, after which it is closed. 1 to 1 000 000. Default 10 000. */
  readonly maxRequestsPerSocket?: number | undefined;
}

/** The value of `journal` for none. */
export const IN_MEMORY = "memory";

/** Returns the configuration unchanged, but typed, so that a misspelled name does not compile. */
export function defineConfig(config: RumkitConfig): RumkitConfig {
  return config;
}
