import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { openBroker } from "@rumkit/server";
import { freePort } from "../../test/support/freePort.ts";
import { parseExposition, type Scrape } from "../../test/support/scrape.ts";
import { startProgram } from "../../test/support/started.ts";
import { catalog } from "../batch.ts";
import { type BenchServer, startServer } from "../startServer.ts";

type Role = "edge" | "aggregate" | "live";

/** Processes of each role. */
export type Sizes = Readonly<Record<Role, number>>;

/** Microseconds of CPU so far: of each process, and of the log's server. */
export interface Usage {
  readonly edge: readonly number[];
  readonly aggregate: readonly number[];
  readonly live: readonly number[];
  readonly log: number;
}

/** A log with one server, and the processes that share it, all on this machine. */
export interface Cluster {
  readonly ports: Readonly<Record<Role, readonly number[]>>;
  usage(): Promise<Usage>;
  /** Resolves when the aggregators have counted so many batches in all. Rejects after five minutes. */
  counted(batches: number): Promise<void>;
  /** Bytes and messages of all partitions in the log. */
  kept(): Promise<{ readonly bytes: number; readonly messages: number }>;
  stop(): Promise<void>;
}

const PARTITIONS = 12;

/** Kernel clock ticks: 100 a second on Linux. */
const MICROS_PER_TICK = 10_000;

export async function startCluster(sizes: Sizes): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-bench-"));
  const log = await startLog(folder);
  await assign(log.url, sizes.aggregate);
  const start = (role: Role): Promise<BenchServer[]> =>
    Promise.all(
      Array.from({ length: sizes[role] }, (_, index) =>
        startServer("role.ts", { ROLE: role, NAME: `${role}-${index}`, FOLDER: folder, BROKER: log.url }),
      ),
    );
  const servers = {
    aggregate: await start("aggregate"),
    edge: await start("edge"),
    live: await start("live"),
  };
  const portsOf = (role: Role): number[] => servers[role].map(({ port }) => port);
  const cpuOf = (role: Role): Promise<number[]> =>
    Promise.all(servers[role].map(async ({ cpu }) => (await cpu())["cpuMicros"]!));
  return {
    ports: { edge: portsOf("edge"), aggregate: portsOf("aggregate"), live: portsOf("live") },
    usage: async () => ({
      edge: await cpuOf("edge"),
      aggregate: await cpuOf("aggregate"),
      live: await cpuOf("live"),
      log: log.cpu(),
    }),
    counted: async (batches) => {
      const deadline = AbortSignal.timeout(300_000);
      while ((await countBatches(portsOf("aggregate"))) < batches) {
        if (deadline.aborted)
          throw new Error("[bench] The aggregators did not count what the edges accepted.");
        await wait(50);
      }
    },
    kept: log.kept,
    stop: async () => {
      for (const role of ["edge", "live", "aggregate"] as const)
        await Promise.all(servers[role].map(({ stop }) => stop()));
      await log.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function startLog(folder: string) {
  const [port, monitorPort] = [await freePort(), await freePort()];
  const pidFile = join(folder, "nats.pid");
  const args = [
    "-js",
    "-sd",
    join(folder, "log"),
    "-a",
    "127.0.0.1",
    "-p",
    `${port}`,
    "-m",
    `${monitorPort}`,
  ];
  const program = process.env["NATS_PATH"] ?? "nats-server";
  const server = await startProgram(program, [...args, "-P", pidFile], { ready: /Server is ready/ });
  const pid = readFileSync(pidFile, "utf8").trim();
  return {
    url: `nats://127.0.0.1:${port}`,
    cpu: () => {
      const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      // utime and stime, proc(5): fields 14 and 15, of which two are before the bracket.
      return (Number(fields[11]) + Number(fields[12])) * MICROS_PER_TICK;
    },
    kept: async () => {
      const response = await fetch(`http://127.0.0.1:${monitorPort}/jsz?streams=true&accounts=true`);
      const { account_details: accounts } = (await response.json()) as {
        account_details: { stream_detail: { name: string; state: { bytes: number; messages: number } }[] }[];
      };
      const streams = accounts
        .flatMap(({ stream_detail: all }) => all)
        .filter(({ name }) => name.includes("batches"));
      const sum = (read: (state: { bytes: number; messages: number }) => number): number =>
        streams.reduce((total, { state }) => total + read(state), 0);
      return { bytes: sum(({ bytes }) => bytes), messages: sum(({ messages }) => messages) };
    },
    stop: server.stop,
  };
}

/** Shares the partitions out, as `rumkit cluster assign` does. */
async function assign(url: string, aggregators: number): Promise<void> {
  const options = {
    url,
    app: catalog.app,
    partitions: PARTITIONS,
    allowUnsafe: true,
    log: { warn: () => {} },
  };
  const broker = await openBroker(options);
  const owners = Array.from({ length: PARTITIONS }, (_, partition) => `aggregate-${partition % aggregators}`);
  await broker.records.write("assignment.wanted", JSON.stringify({ v: 1, owners }), 0);
  await broker.close();
}

export async function readMetrics(port: number): Promise<Scrape> {
  return parseExposition(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
}

async function countBatches(ports: readonly number[]): Promise<number> {
  const all = await Promise.all(ports.map(readMetrics));
  return all
    .flatMap((scrape) => [...scrape])
    .reduce((sum, [series, value]) => sum + (isBatch(series) ? value : 0), 0);
}

/** Batches by the one series that every batch of the bench raises once. */
const isBatch = (series: string): boolean => series.startsWith("rum_page_views_total{");
