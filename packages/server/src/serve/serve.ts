import type { Catalog } from "@rumkit/protocol";
import { type Collector, createCollector } from "../createCollector.ts";
import { loadCatalog } from "../generate/loadCatalog.ts";
import { accessOf } from "./accessOf.ts";
import type { EffectiveConfig } from "./configSchema.ts";
import { createServeServer } from "./createServeServer.ts";
import { drain } from "./drain.ts";
import { inheritedSocket } from "./inheritedSocket.ts";
import { listen } from "./listen.ts";

/** A collector that is being served. */
export interface Serving {
  /** Where it listens: `http://127.0.0.1:4000`, or the path of a Unix socket. */
  readonly origin: string;
  /** Ends it, bounded by the configuration. True where everything was finished in time. Once. */
  drain(): Promise<boolean>;
}

/**
 * Serves a collector by its configuration.
 *
 * Throws a `ConfigError`, a `CatalogError` or a TypeError for a configuration that cannot be run, and whatever
 * the system says where it cannot listen.
 */
export async function serve(config: EffectiveConfig): Promise<Serving> {
  const collector = await createConfigured(config);
  const server = createServeServer(config, collector);
  try {
    const origin = await listen(server, config, config.listenFd ?? inheritedSocket(process.env, process.pid));
    const { drainDelayMs: delayMs, drainTimeoutMs: timeoutMs } = config;
    return { origin, drain: () => drain({ server, collector, delayMs, timeoutMs }) };
  } catch (error) {
    await collector.stop();
    throw error;
  }
}

/** The collector of a configuration; also for a check, which never listens. */
export async function createConfigured(config: EffectiveConfig): Promise<Collector<Catalog>> {
  const { catalog, allowedOrigins, environment, release, runtimeMetrics } = config;
  return createCollector({
    catalog: typeof catalog === "string" ? await loadCatalog(catalog) : catalog,
    allowedOrigins,
    access: accessOf(config),
    environment,
    release,
    runtimeMetrics,
  });
}
