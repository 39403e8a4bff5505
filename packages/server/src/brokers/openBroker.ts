import { isInstalled } from "../base/optionalPackage.ts";
import { createLog } from "../log/createLog.ts";
import { type Broker, BrokerError, type Finding } from "./broker.ts";
import type { BrokerOptions, DriverOptions } from "./brokerOptions.ts";
import { checkBrokerOptions } from "./checkBrokerOptions.ts";

interface Driver {
  /** Optional peer dependencies. */
  readonly packages: readonly string[];
  readonly open: (options: DriverOptions) => Promise<Broker>;
}

const jetStream: Driver = {
  packages: ["@nats-io/transport-node", "@nats-io/jetstream"],
  open: async (options) => (await import("./jetStream.ts")).openJetStream(options),
};

const redis: Driver = {
  packages: ["redis"],
  open: async (options) => (await import("./redisBroker.ts")).openRedis(options),
};

const kafka: Driver = {
  packages: ["kafkajs"],
  open: async (options) => (await import("./kafkaBroker.ts")).openKafka(options),
};

/** Drivers by the scheme of the URL. */
const DRIVERS: Readonly<Record<string, Driver>> = {
  nats: jetStream,
  tls: jetStream,
  redis,
  rediss: redis,
  kafka,
};

/**
 * Opens the log that collectors share; what is missing in it is created. Close it when the collector has stopped.
 *
 * Rejects with a `BrokerError`: `gone` if the engine does not answer; `refused` if it allows too little, if the log has
 * another number of partitions, or if acknowledged messages can be lost (see `allowUnsafe`). Rejects with a `TypeError` for
 * options that cannot be meant, and for a package that is not installed.
 *
 * @example
 * const broker = await openBroker({ url: "nats://127.0.0.1:4222", app: "shop" });
 * const collector = createCollector({ catalog, cluster: { role: "edge", broker, spool: "./spool" } });
 */
export async function openBroker(options: BrokerOptions): Promise<Broker> {
  const broker = await openUnchecked(options);
  try {
    await refuseUnsafe(await broker.check(), options);
    return broker;
  } catch (error) {
    await broker.close();
    throw error;
  }
}

/** Opens the log without a look at its findings: to explain them. */
export async function openUnchecked(options: BrokerOptions): Promise<Broker> {
  const scheme = checkBrokerOptions(options, Object.keys(DRIVERS));
  const driver = DRIVERS[scheme]!;
  const missing = driver.packages.filter((name) => !isInstalled(name));
  if (missing.length > 0) {
    const names = missing.join(" ");
    throw new TypeError(`[rumkit] A log at ${scheme}:// needs the package ${names}: npm install ${names}.`);
  }
  return driver.open(withDefaults(options));
}

const DAY_MS = 86_400_000;

function withDefaults(options: BrokerOptions): DriverOptions {
  const { monitor = [] } = options;
  return {
    ...options,
    duplicateWindowMs: options.duplicateWindowMs ?? 120_000,
    retentionMs: options.retentionMs ?? 3 * DAY_MS,
    answerMs: options.answerMs ?? 5_000,
    longestOutageMs: options.longestOutageMs ?? DAY_MS,
    monitor: typeof monitor === "string" ? [monitor] : monitor,
  };
}

async function refuseUnsafe(findings: readonly Finding[], options: BrokerOptions): Promise<void> {
  const unsafe = findings.filter(({ severity }) => severity === "unsafe");
  if (unsafe.length === 0) return;
  if (!options.allowUnsafe) {
    const list = unsafe.map(({ message }) => `\n- ${message}`).join("");
    throw new BrokerError(
      "refused",
      `[rumkit] The log can lose acknowledged messages:${list}\nChange the settings, or accept the loss with allowUnsafe: true.`,
    );
  }
  const own = options.log ? undefined : createLog();
  for (const { message } of unsafe)
    (options.log ?? own)?.warn({ kind: "unsafe_log" }, `The log can lose acknowledged messages: ${message}`);
  await own?.close();
}
