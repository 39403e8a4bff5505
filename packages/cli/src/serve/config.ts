import type { Catalog } from "@rumkit/protocol";
import type { AccessToken, SecretKey, WriteKey } from "@rumkit/server";
import type { Openable } from "@rumkit/server/internal/serve";

/**
 * The settings of `rumkit serve` in a file, `rumkit.config.ts` (or `.mts`, `.js`, `.mjs`, `.json`).
 *
 * Each setting of one line is also an environment variable and a flag: `headersTimeoutMs` is
 * `RUMKIT_HEADERS_TIMEOUT_MS` and `--headers-timeout-ms`. A flag beats the environment, which beats the file,
 * which beats the default. Secrets have no flag: a command line is open to every user of the machine.
 */
export interface RumkitConfig {
  /**
   * The catalog, or the path of the module that exports it, from the file's folder. Default `./catalog.ts` where it
   * exists; without a catalog names and routes are learned.
   */
  readonly catalog?: string | Catalog | undefined;
  /** Name or address to listen on. Default `127.0.0.1`; beyond loopback keys, origins and tokens are needed. */
  readonly host?: string | undefined;
  /** TCP port, 0 for any that is free. Default 4000. */
  readonly port?: number | undefined;
  /** Descriptor of a listening socket that this process was given, instead of host and port. Default none. */
  readonly listenFd?: number | undefined;
  /** Origins whose pages may report: `["https://shop.example"]`. Default none. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /**
   * Names by which metrics that need no token may be read: the `Host` without its port. Addresses and the
   * names of loopback always may. Default: those only, while there is no key, no token and nothing in `open`; else
   * any.
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
  /** One more token with the scope `live`, for the live page. Default none. */
  readonly liveToken?: string | undefined;
  /** One more token with the scope `admin`. Default none. */
  readonly adminToken?: string | undefined;
  /**
   * Addresses and networks (`10.0.0.0/8`) of trusted proxies, which report the client's address. Default none:
   * then all clients behind a proxy on another machine share the rate limit of its address.
   */
  readonly trustedProxies?: readonly string[] | undefined;
  /** The header in which proxies report it. Default `x-forwarded-for`. */
  readonly forwardedHeader?: "x-forwarded-for" | "forwarded" | undefined;
  /** Parts that are open to everyone: `collect`, `metrics`, `live`. Default none beyond loopback. */
  readonly open?: readonly Openable[] | undefined;
  /**
   * `production` answers with codes, `development` explains them. Default by `NODE_ENV`, as of `createCollector`; where that is not
   * set, `development` on loopback and `production` where others can reach it or a service manager holds the socket.
   */
  readonly environment?: "development" | "production" | undefined;
  /** Events of bots are counted `apart`, or with all others (`count`). Default `apart`. */
  readonly bots?: "apart" | "count" | undefined;
  /**
   * Names that services report and the catalog lacks: their number and sum are counted under up to 200 names
   * (`bounded`), or the item is rejected (`refuse`). Default `bounded`.
   */
  readonly unknownNames?: "bounded" | "refuse" | undefined;
  /**
   * Max requests per second of an address to `/collect`, to `/reports`, and to `/ingest` without a secret.
   * 1 to 1 000 000, or false for no limit. Default 100. Addresses of the machine itself have none.
   */
  readonly ratePerAddress?: number | false | undefined;
  /** Max requests of an address at once. 1 to 1 000 000. Default 500. */
  readonly burstPerAddress?: number | undefined;
  /** Max requests per second of all addresses together to one of these routes, or false. Default 20 000. */
  readonly ratePerApp?: number | false | undefined;
  /** Max requests of all addresses at once. 1 to 1 000 000. Default 40 000. */
  readonly burstPerApp?: number | undefined;
  /**
   * Series of one metric with open label values; past it they fold to `__other__`. 1 to
   * 10 000 000, as the next two. Default 2 000.
   */
  readonly seriesPerMetric?: number | undefined;
  /** Series of all such metrics of one side: pages, backend, the collector itself. Default 10 000. */
  readonly seriesPerSide?: number | undefined;
  /** All series. With a catalog that may need more it does not start. Default 50 000. */
  readonly seriesPerProcess?: number | undefined;
  /**
   * Milliseconds without a sample after which a series of open label values ends; what it had counted is in
   * `rum_series_ended_value_total`. 60 000 to 2 592 000 000, 30 days. Default 86 400 000, a day.
   */
  readonly seriesIdleMs?: number | undefined;
  /**
   * The longest interval at which a Prometheus scrapes, in milliseconds: so long a new series is shown to scrapers as
   * 0. 100 to 86 400 000. Default a minute, or four times the timeout of a scraper that tells one below 10 seconds.
   */
  readonly scrapeIntervalMs?: number | undefined;
  /** The app's release, shown in `app_info`. Default `unknown`. */
  readonly release?: string | undefined;
  /**
   * File that keeps what was counted, from the file's folder, or `memory` for none: then a restart counts from
   * 0, and answers say 202 instead of 200. Default `./rumkit.journal`.
   */
  readonly journal?: string | undefined;
  /**
   * Folder of source maps, from the file's folder, with a folder for each release; uploaded ones go there too,
   * with a token of scope admin. Default none: stacks of errors stay as they came.
   */
  readonly sourceMaps?: string | undefined;
  /**
   * Bytes of uploaded source maps; the release that was uploaded longest ago leaves for a new one. 52 428 800,
   * one map of the largest size, or more. Default 1 073 741 824: 1 GiB.
   */
  readonly sourceMapsQuotaBytes?: number | undefined;
  /** Show the source's line with each frame of a stack. Default false: a log is read by more people than the code. */
  readonly sourceMapsContext?: boolean | undefined;
  /**
   * More personal data in the texts of pages: each match becomes `[scrubbed]` in the log, the live tail and the
   * error groups. Regular expressions, in JSON their source; none may go back and forth over a text. Default none.
   */
  readonly scrubPatterns?: readonly (string | RegExp)[] | undefined;
  /** Keys of attributes whose values become `[scrubbed]`, in addition to those that name a secret. Default none. */
  readonly scrubKeys?: readonly string[] | undefined;
  /** `json` writes what happens, and errors of pages, as JSON lines to the standard output; `none`. Default `json`. */
  readonly log?: "json" | "none" | undefined;
  /**
   * A line in the log for a request: method, route pattern, status, seconds, bytes, and the ids of trace and
   * request; no address and no query. So many lines a second of answers, and as many of what was refused or cut;
   * the others are counted in a line. 1 to 1 000, or false for none. Default false. `log: "none"` silences it too.
   */
  readonly accessLog?: number | false | undefined;
  /** Expose metrics of the process and its event loop. Default true. */
  readonly runtimeMetrics?: boolean | undefined;
  /** Milliseconds that an entry may wait for the disk before `/readyz` fails. 10 to 60 000. Default 5 000. */
  readonly readyJournalWaitMs?: number | undefined;
  /** Bytes that must be free on the journal's disk, or `/readyz` fails. Default 67 108 864: 64 MiB. */
  readonly readyFreeBytes?: number | undefined;
  /** Milliseconds from "not ready" to the end of accepting, for a load balancer to notice. 0 to 60 000. Default 0. */
  readonly drainDelayMs?: number | undefined;
  /** Milliseconds that finishing may take after that. 500 to 60 000. Default 4 800: in all under 5 s. */
  readonly drainTimeoutMs?: number | undefined;
  /** Milliseconds before the supervisor starts a worker that died again, doubled each time to 10 s. Default 100. */
  readonly restartDelayMs?: number | undefined;
  /** Milliseconds for the head of a request. 1 000 to 60 000. Default 5 000. */
  readonly headersTimeoutMs?: number | undefined;
  /** Milliseconds for a whole request. 1 000 to 60 000. Default 8 000: a body has 7 s, with an answer. */
  readonly requestTimeoutMs?: number | undefined;
  /** Milliseconds that a kept connection may rest. 0 to 600 000. Default 65 000: longer than a proxy keeps its own. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** Bytes of the head of a request. 1 024 to 65 536. Default 16 384: Node's own. */
  readonly maxHeaderBytes?: number | undefined;
  /** Connections at a time; one more is closed at once. 1 to 1 000 000. Default 10 000. */
  readonly maxConnections?: number | undefined;
  /** Requests of one connection before it must be opened anew. 1 to 1 000 000. Default 10 000. */
  readonly maxRequestsPerSocket?: number | undefined;
}

/** The journal without a file. */
export const IN_MEMORY = "memory";

/** Returns the configuration unchanged, with its type: a misspelt name does not compile. */
export function defineConfig(config: RumkitConfig): RumkitConfig {
  return config;
}

/** A configuration that cannot be run, with everything that is wrong with it. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(["[rumkit] Invalid configuration:", ...faults.map((fault) => `  ${fault}`)].join("\n"));
    this.name = "ConfigError";
    this.faults = faults;
  }
}
