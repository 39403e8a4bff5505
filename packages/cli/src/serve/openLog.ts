import { setTimeout as wait } from "node:timers/promises";
import { ConfigError } from "./configError.ts";
import type { EffectiveConfig } from "./settings.ts";
import { type Broker, type ClusterOptions, type Log, openBroker, openEdgeBroker } from "@rumkit/server";

/**
 * Opens the log that the roles of a configuration share; undefined for the role `all`. An edge that has used it before
 * starts without it, and its spool takes over.
 *
 * Throws a `ConfigError` if its settings can lose acknowledged messages, unless the configuration allows that: then each
 * reason is a warning. Throws a `BrokerError` if it cannot be reached.
 */
export async function openLog(
  config: EffectiveConfig,
  app: string,
  log: Pick<Log, "info" | "warn"> | undefined,
): Promise<Broker | undefined> {
  const { role, broker: url, spool } = config;
  if (role === "all" || url === undefined) return undefined;
  const open = () => openSafe(config, url, app, log);
  return role === "edge" ? openEdgeBroker(spool, open) : open();
}

async function openSafe(
  config: EffectiveConfig,
  url: string,
  app: string,
  log: Pick<Log, "info" | "warn"> | undefined,
): Promise<Broker> {
  const { brokerPartitions: partitions, brokerMonitor: monitor } = config;
  // Reported below, with the settings of this command.
  const broker = await openBroker({
    url,
    app,
    partitions,
    monitor,
    allowUnsafe: true,
    log: { warn: () => {} },
  });
  try {
    await refuseUnsafe(broker, config, log);
    return broker;
  } catch (error) {
    await broker.close();
    throw error;
  }
}

async function refuseUnsafe(
  broker: Broker,
  { allowUnsafeBroker }: EffectiveConfig,
  log: Pick<Log, "info" | "warn"> | undefined,
): Promise<void> {
  const findings = await broker.check();
  const unsafe = findings.filter(({ severity }) => severity === "unsafe").map(({ message }) => message);
  if (unsafe.length > 0 && !allowUnsafeBroker) throw new ConfigError([...unsafe, REMEDY]);
  for (const message of unsafe) warnLoudly(message, log);
  for (const { severity, message } of findings)
    if (severity === "advice") log?.info({ kind: "broker_advice" }, message);
}

const REMEDY =
  "Acknowledged messages can be lost. Change the log's settings, or allow it: set allowUnsafeBroker (--allow-unsafe-broker).";

/** To people as well, because the log may be off. */
function warnLoudly(message: string, log: Pick<Log, "warn"> | undefined): void {
  process.stderr.write(`[rumkit] UNSAFE LOG: ${message}\n`);
  log?.warn({ kind: "broker_unsafe" }, message);
}

/** Returns the role of a configuration as an option of `createCollector`. */
export function clusterOf(config: EffectiveConfig, broker: Broker | undefined): ClusterOptions | undefined {
  const { role, name = "", spool, maxSpoolBytes } = config;
  if (role === "all" || !broker) return undefined;
  return role === "edge" ? { role, broker, spool, maxSpoolBytes } : { role, broker, name };
}

/** Milliseconds that a log which does not answer may delay the end of the process. */
const CLOSE_MS = 1_000;

/** Closes the log of a collector that has stopped. Never rejects. */
export async function closeLog(broker: Broker): Promise<void> {
  await Promise.race([broker.close().catch(() => {}), wait(CLOSE_MS, undefined, { ref: false })]);
}
