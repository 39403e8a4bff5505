import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openBroker } from "@rumkit/server";
import { assignPartitions, clusterRecords, WANTED } from "@rumkit/server/internal/testing";
import { type BreakingProxy, startBreakingProxy } from "../breakingProxy.ts";
import { freePort } from "../freePort.ts";
import { startKeptRedis } from "../keptRedis.ts";
import { addTally, readTally, type Tally } from "../kills/tally.ts";
import { startNats } from "../natsServer.ts";
import { type Started, startProgram } from "../started.ts";

export type Engine = "jetstream" | "redis";

/** A log that can be killed, on the same port and folder after each start. */
interface KilledLog {
  readonly port: number;
  readonly urlOf: (port: number) => string;
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const PARTITIONS = 4;

/** Milliseconds that a process waits for an answer of the log. */
export const ANSWER_MS = 700;

/** A process of the cluster, behind its own way to the log. */
export interface Member {
  readonly name: string;
  readonly port: number;
  readonly proxy: BreakingProxy;
  /** Ends it with SIGKILL, and starts it again with the same folder. */
  readonly restart: () => Promise<void>;
  /** Sets its clock to another time. */
  readonly jump: () => void;
  readonly metrics: () => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** Two edges and two aggregators over a log, all of them real processes. */
export interface Cluster {
  readonly log: KilledLog;
  readonly edges: readonly Member[];
  readonly aggregators: readonly Member[];
  /** Lets every partition move to the other aggregator, as `rumkit cluster assign` does. */
  readonly move: () => Promise<void>;
  /** The sum of what the aggregators have counted. */
  readonly counted: () => Promise<Tally>;
  /** Messages that are accepted and not counted yet. */
  readonly waiting: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export async function startCluster(engine: Engine): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-cluster-"));
  const log = engine === "jetstream" ? await startJetStream() : await startRedisLog();
  let names = ["aggregate-0", "aggregate-1"];
  await assign(log.urlOf(log.port), assignPartitions(PARTITIONS, names));
  const start = (role: string, count: number): Promise<Member[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) => startMember(log, folder, role, `${role}-${index}`)),
    );
  const aggregators = await start("aggregate", 2);
  const edges = await start("edge", 2);
  const members = [...edges, ...aggregators];
  return {
    log,
    edges,
    aggregators,
    move: async () => {
      names = names.toReversed();
      const { owners } = assignPartitions(PARTITIONS, names);
      await assign(log.urlOf(log.port), { owners });
    },
    counted: async () => {
      const sum: Tally = {};
      for (const { metrics } of aggregators) addTally(sum, readTally(await metrics()));
      return sum;
    },
    waiting: async () => {
      const texts = await Promise.all(members.map(({ metrics }) => metrics()));
      return texts.reduce((sum, text) => sum + waitingIn(text), 0);
    },
    stop: async () => {
      await Promise.all(members.map((member) => member.stop()));
      await log.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Messages in the spool of an edge, and those that an aggregator has not counted. */
function waitingIn(exposition: string): number {
  const lines = exposition.matchAll(
    /^rum_(?:edge_spool_messages|log_lag_messages)(?:\{[^}]*\})? ([\d.e+]+)$/gm,
  );
  return [...lines].reduce((sum, [, value]) => sum + Number(value), 0);
}

async function startJetStream(): Promise<KilledLog> {
  const nats = await startNats();
  const [server] = nats.servers;
  return {
    port: Number(new URL(server!.url).port),
    urlOf: (port) => `nats://127.0.0.1:${port}`,
    kill: server!.kill,
    start: server!.start,
    stop: nats.stop,
  };
}

async function startRedisLog(): Promise<KilledLog> {
  const redis = await startKeptRedis();
  const { port, kill, start, stop } = redis;
  return { port, urlOf: (at) => `redis://127.0.0.1:${at}`, kill, start, stop };
}

/** Writes which aggregator counts which partitions, as `rumkit cluster assign` does. */
async function assign(url: string, wanted: { readonly owners: readonly string[] }): Promise<void> {
  const broker = await openBroker({
    url,
    app: "kills",
    partitions: PARTITIONS,
    allowUnsafe: true,
    log: { warn: () => {} },
  });
  const { assignment } = clusterRecords(broker.records);
  const found = await assignment.read(WANTED);
  await assignment.write(WANTED, wanted, found?.revision ?? 0);
  await broker.close();
}

const PROGRAM = join(import.meta.dirname, "clusterProcess.ts");
const CLOCK = join(import.meta.dirname, "jumpingClock.ts");

async function startMember(log: KilledLog, parent: string, role: string, name: string): Promise<Member> {
  const proxy = await startBreakingProxy(log.port);
  const port = await freePort();
  const folder = join(parent, name);
  mkdirSync(folder);
  const env = {
    ROLE: role,
    NAME: name,
    FOLDER: folder,
    PORT: String(port),
    BROKER: log.urlOf(proxy.port),
    PARTITIONS: String(PARTITIONS),
    ANSWER_MS: String(ANSWER_MS),
  };
  const start = (): Promise<Started> =>
    startProgram(process.execPath, ["--import", CLOCK, PROGRAM], { env, ready: /listening/ });
  let running = await start();
  return {
    name,
    port,
    proxy,
    restart: async () => {
      running.signal("SIGKILL");
      await running.stop();
      running = await start();
    },
    jump: () => running.signal("SIGUSR2"),
    metrics: async () => {
      for (;;) {
        const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => undefined);
        if (answer?.ok) return answer.text();
        await wait(50);
      }
    },
    stop: async () => {
      proxy.heal();
      running.signal("SIGKILL");
      await running.stop();
      await proxy.stop();
    },
  };
}
