import type { Catalog } from "@rumkit/protocol";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { accessOf } from "./accessOf.ts";
import { IN_MEMORY } from "./config.ts";
import { ConfigError } from "./configError.ts";
import { remoteWriteOf } from "./pushSettings.ts";
import type { EffectiveConfig } from "./settings.ts";
import { createServeServer } from "./createServeServer.ts";
import { drain } from "./drain.ts";
import { inheritedSocket } from "./heldSocket.ts";
import { closeLog, clusterOf, openLog } from "./openLog.ts";
import { addressOf, listen, refuseExposure } from "./listen.ts";
import {
  checkJournal,
  createAccess,
  holdLog,
  type RateLimitOptions,
  requireSqlite,
} from "@rumkit/server/internal/serve";
import {
  type AccessOptions,
  type Collector,
  type CollectorOptions,
  createCollector,
  createLog,
  createMemoryJournal,
  openSqliteJournal,
} from "@rumkit/server";
import { WITHOUT_CATALOG } from "@rumkit/server/internal/metrics";

/** A collector that is being served. */
export interface Serving {
  /** The address of the collector: `http://127.0.0.1:4000`, or the path of a Unix socket. */
  readonly origin: string;
  /**
   * Shuts the collector down within the time limits of the configuration. Resolves with true if everything finished in
   * time. Call it once.
   */
  drain(): Promise<boolean>;
}

/**
 * Serves a collector with a configuration.
 *
 * Throws a `ConfigError`, a `CatalogError` or a TypeError for an invalid configuration, and the error of the system if
 * it cannot listen.
 */
export async function serve(config: EffectiveConfig): Promise<Serving> {
  const fd = config.listenFd ?? inheritedSocket(process.env, process.pid);
  // Before the journal is opened and anything is logged, so that a fault of the configuration is reported first.
  if (fd === undefined) refuseExposure(await addressOf(config.host), config);
  const log = config.log === "json" ? createLog() : undefined;
  const catalog = await loadConfigured(config);
  const { app } = catalog ?? WITHOUT_CATALOG;
  const broker = await openLog(config, app, log);
  const opened: { close(): Promise<void> }[] = broker ? [broker] : [];
  try {
    const journal = await openJournal(config, catalog);
    // The collector closes the journal before the log, because the last entries are published.
    opened.unshift(journal);
    const held = log && holdLog(log);
    const collector = createConfigured(config, {
      ...(catalog && { catalog }),
      journal,
      ...(held && { log: held.log }),
      cluster: clusterOf(config, broker),
    });
    const server = createServeServer(config, collector, log);
    const origin = await listen(server, config, fd);
    // Logged only now: a port that is in use, or a refused setting, is reported before.
    held?.release();
    if (!catalog) log?.info({ kind: "no_catalog" }, "No catalog: names and routes are learned.");
    const { drainDelayMs: delayMs, drainTimeoutMs: timeoutMs } = config;
    return {
      origin,
      drain: () =>
        drain({ server, collector, delayMs, timeoutMs }).finally(async () => {
          await (broker && closeLog(broker));
          await log?.close();
        }),
    };
  } catch (error) {
    // The journal's thread would keep the process alive, and its lock would block the next process.
    for (const each of opened) await each.close();
    throw error;
  }
}

async function openJournal(
  { role, journal: path, rememberedIds: maxKeys }: EffectiveConfig,
  catalog: Catalog | undefined,
) {
  // The journals of aggregators have what edges accept.
  if (path === IN_MEMORY || role === "edge") return createMemoryJournal({ maxKeys });
  return openSqliteJournal({ path, maxKeys, ...(catalog && { app: catalog.app }) });
}

/**
 * Throws what `serve` would throw for a configuration, without taking port, journal or partitions. A journal that another
 * process has open passes.
 */
export async function checkConfigured(config: EffectiveConfig): Promise<void> {
  const catalog = await loadConfigured(config);
  await createConfigured(config, catalog ? { catalog } : {}).stop();
  const { app } = catalog ?? WITHOUT_CATALOG;
  await (await openLog(config, app, undefined))?.close();
  if (config.journal === IN_MEMORY || config.role === "edge") return;
  requireSqlite(process.versions);
  checkJournal(config.journal, catalog?.app);
}

async function loadConfigured({ catalog }: EffectiveConfig): Promise<Catalog | undefined> {
  return typeof catalog === "string" ? loadCatalog(catalog) : catalog;
}

function createConfigured(
  config: EffectiveConfig,
  parts: Pick<CollectorOptions<Catalog>, "catalog" | "journal" | "log" | "cluster">,
): Collector<Catalog> {
  const { allowedOrigins, trustedProxies, forwardedHeader, environment, bots, release, runtimeMetrics } =
    config;
  const access = accessOf(config);
  requireWriteKey(access, parts.catalog ?? WITHOUT_CATALOG, allowedOrigins);
  return createCollector({
    ...parts,
    allowedOrigins,
    trustedProxies,
    forwardedHeader,
    access,
    readiness: { journalWaitMs: config.readyJournalWaitMs, freeBytes: config.readyFreeBytes },
    rateLimits: rateLimitsOf(config),
    seriesBudget: seriesBudgetOf(config),
    ...(config.scrapeIntervalMs !== undefined && { scrapeIntervalMs: config.scrapeIntervalMs }),
    ...(config.alerts !== undefined && { alerts: config.alerts }),
    ...(config.prometheusUrl !== undefined && { prometheusUrl: config.prometheusUrl }),
    remoteWrite: remoteWriteOf(config),
    ...sourceMapsOf(config),
    scrub: { patterns: config.scrubPatterns, keys: config.scrubKeys },
    unknownNames: config.unknownNames,
    environment,
    bots,
    release,
    runtimeMetrics,
    livePath: config.livePath,
    apiPath: config.apiPath,
    metricsStream: config.metricsStream,
  });
}

function seriesBudgetOf(config: EffectiveConfig): NonNullable<CollectorOptions<Catalog>["seriesBudget"]> {
  return {
    perMetric: config.seriesPerMetric,
    perSide: config.seriesPerSide,
    perProcess: config.seriesPerProcess,
    idleMs: config.seriesIdleMs,
  };
}

function sourceMapsOf({
  sourceMaps: directory,
  sourceMapsQuotaBytes: quota,
  sourceMapsContext: context,
}: EffectiveConfig): Pick<CollectorOptions<Catalog>, "sourceMaps"> {
  return directory === undefined ? {} : { sourceMaps: { directory, quota, context } };
}

/** Throws a `ConfigError` where everything but `open` is closed and no page has a key. */
function requireWriteKey(access: AccessOptions, { app }: Catalog, allowedOrigins: readonly string[]): void {
  if (access.writeKeys?.length !== 0 || access.open?.includes("collect")) return;
  // Checked after the keys and tokens, because a fault in one of them is the more useful message.
  createAccess({ ...access, open: [...(access.open ?? []), "collect"] }, { app, allowedOrigins });
  throw new ConfigError([
    "A key or a token closes every route that is not in open, and pages have no write key: no page could report.",
    "Add a write key (RUMKIT_WRITE_KEYS; rumkit key makes one), or --open collect for local work.",
  ]);
}

function rateLimitsOf({
  ratePerAddress,
  burstPerAddress,
  ratePerApp,
  burstPerApp,
}: EffectiveConfig): RateLimitOptions {
  return {
    perAddress: ratePerAddress !== false && { perSecond: ratePerAddress, burst: burstPerAddress },
    perApp: ratePerApp !== false && { perSecond: ratePerApp, burst: burstPerApp },
  };
}
