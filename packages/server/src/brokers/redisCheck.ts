import type { BrokerError, Finding } from "./broker.ts";
import type { DriverOptions } from "./brokerOptions.ts";
import type { RedisLink } from "./redisLink.ts";

/** The settings that the promise depends on. Some services allow no one to read them. */
const SETTINGS = ["appendfsync", "no-appendfsync-on-rewrite", "min-replicas-to-write"] as const;

/** `0-*`, ids that Redis counts, came with 7.0. */
const LEAST_VERSION = 7;

type Values = ReadonlyMap<string, string>;

/** Returns what this Redis does not promise. Throws a `BrokerError` if it cannot be asked. */
export async function checkRedis(link: RedisLink, options: DriverOptions): Promise<readonly Finding[]> {
  const info = await readInfo(link);
  const settings = new Map<string, string>();
  const findings: Finding[] = [];
  for (const name of SETTINGS) {
    const value = await readSetting(link, name);
    if (typeof value === "string") settings.set(name, value);
    else findings.push(unreadable(name, value));
  }
  return [
    ...versionFindings(info),
    ...fileFindings(info, settings),
    ...memoryFindings(info),
    ...replicaFindings(info, settings, options),
    ...retentionFindings(options),
    ...findings,
  ];
}

async function readInfo(link: RedisLink): Promise<Values> {
  const text = String(await link.run(["INFO"]));
  return new Map([...text.matchAll(/^([a-z_0-9]+):(.*?)\r?$/gm)].map((line) => [line[1]!, line[2]!]));
}

/** Returns the value of a setting, or the error of a server that does not tell it. */
async function readSetting(link: RedisLink, name: string): Promise<string | BrokerError | undefined> {
  try {
    const answer = (await link.run(["CONFIG", "GET", name])) as readonly Buffer[];
    return answer[1] && String(answer[1]);
  } catch (error) {
    const { code } = error as BrokerError;
    if (code !== "refused") throw error;
    return error as BrokerError;
  }
}

const unsafe = (message: string): Finding => ({ severity: "unsafe", message });
const advice = (message: string): Finding => ({ severity: "advice", message });

const unreadable = (name: string, error: BrokerError | undefined): Finding =>
  unsafe(
    `Redis does not tell its setting ${name}${error ? ` (${answerOf(error)})` : ""}: allow CONFIG GET, or make sure that it is ${WANTED[name]}.`,
  );

/** The values that keep what is acknowledged. */
const WANTED: Readonly<Record<string, string>> = {
  appendfsync: "always",
  "no-appendfsync-on-rewrite": "no",
  "min-replicas-to-write": "1 or more, if Redis has replicas",
};

const answerOf = ({ cause }: BrokerError): string => (cause as Error).message;

function versionFindings(info: Values): readonly Finding[] {
  const version = info.get("redis_version") ?? "unknown";
  const findings: Finding[] = [];
  if (!(Number.parseInt(version, 10) >= LEAST_VERSION))
    findings.push(unsafe(`The version of Redis is ${version}: messages need 7.0 or later.`));
  if (info.get("cluster_enabled") === "1")
    findings.push(
      unsafe(
        "Redis runs as a cluster (cluster-enabled yes), which this driver does not support: use one server.",
      ),
    );
  return findings;
}

function fileFindings(info: Values, settings: Values): readonly Finding[] {
  if (info.get("aof_enabled") !== "1")
    return [
      unsafe(
        "Redis keeps messages in memory alone: a restart loses them. Set appendonly yes and appendfsync always.",
      ),
    ];
  const findings: Finding[] = [];
  const fsync = settings.get("appendfsync");
  if (fsync !== undefined && fsync !== "always")
    findings.push(
      unsafe(
        `Redis acknowledges messages before they are on disk (appendfsync ${fsync}): a power cut loses them. Set appendfsync always.`,
      ),
    );
  if (settings.get("no-appendfsync-on-rewrite") === "yes")
    findings.push(
      unsafe(
        "Redis acknowledges messages before they are on disk while it rewrites its file. Set no-appendfsync-on-rewrite no.",
      ),
    );
  if (info.get("aof_last_write_status") === "err")
    findings.push(
      unsafe("The last write of Redis to its append-only file failed: look at its log and its disk."),
    );
  return findings;
}

function memoryFindings(info: Values): readonly Finding[] {
  const policy = info.get("maxmemory_policy");
  const findings: Finding[] = [];
  if (policy !== "noeviction")
    findings.push(
      unsafe(
        `Redis removes keys when its memory is full (maxmemory-policy ${policy}): whole topics are lost. Set maxmemory-policy noeviction.`,
      ),
    );
  if (info.get("maxmemory") === "0")
    findings.push(
      advice(
        "Redis takes memory until the system ends it (maxmemory 0). Set maxmemory: a full log is then refused, and edges keep messages in their spools.",
      ),
    );
  return findings;
}

function replicaFindings(
  info: Values,
  settings: Values,
  { replicas = 1 }: DriverOptions,
): readonly Finding[] {
  if (info.get("role") !== "master")
    return [unsafe("This Redis is a replica: it takes no messages. Use the address of the primary.")];
  const connected = Number(info.get("connected_slaves"));
  if (connected < replicas - 1)
    return [
      unsafe(
        `Redis has ${connected} of ${replicas - 1} replicas: it acknowledges nothing until they are connected.`,
      ),
    ];
  if (connected === 0)
    return [
      advice(
        "Redis keeps one copy, which is lost with its disk: connect a replica, and set replicas to 2 and min-replicas-to-write to 1.",
      ),
    ];
  const isSynced = replicas > 1;
  if (settings.get("min-replicas-to-write") === "0" && !isSynced)
    return [
      unsafe(
        `Redis has ${connected} replica(s) and acknowledges messages before they have them: a failover loses the last ones, even seconds of them. Set replicas to 2 and min-replicas-to-write to 1.`,
      ),
    ];
  const message = isSynced
    ? "Replicas have each message in memory before it is acknowledged, not on disk, and a failover may choose one that lags behind."
    : "Redis copies messages to its replicas after it has acknowledged them: a failover can lose those of the last min-replicas-max-lag seconds. Set replicas to 2.";
  return [advice(message)];
}

function retentionFindings({ retentionMs, longestOutageMs }: DriverOptions): readonly Finding[] {
  if (retentionMs >= longestOutageMs) return [];
  return [
    unsafe(
      `Messages are kept for ${hours(retentionMs)}; an outage may take ${hours(longestOutageMs)}: raise retentionMs.`,
    ),
  ];
}

const hours = (milliseconds: number): string => `${Number((milliseconds / 3_600_000).toPrecision(3))} h`;
