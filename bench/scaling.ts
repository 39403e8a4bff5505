/**
 * The cost of an event over a log: `npm run bench -- scaling`.
 *
 * Edges, nats-server, aggregators and a live process on this machine, with one to four processes that edges and aggregators share.
 * CPU is that of each process; events a second are not printed for more than one, because all of them and the load share the
 * cores. Then the time from a page to the live page, over both hops.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { events } from "./batch.ts";
import { openSender } from "./live/sender.ts";
import { postBatches } from "./load.ts";
import { orShort, orSome } from "./rounds.ts";
import { type Cluster, readMetrics, type Sizes, startCluster, type Usage } from "./scaling/cluster.ts";
import { readTotals } from "./scaling/readTotals.ts";
import { startServer } from "./startServer.ts";

const SECONDS = orShort(4, 0.2);
const WARM_UP_SECONDS = orShort(3, 0.2);
const CONNECTIONS = 32;
const ROUNDS = orShort(3);
/** As many as visit a shop at the same time: they spread over the partitions. */
const SESSIONS = 1_000;
/** Routes beside those of the catalog, so that more series change in a second. */
const ROUTES = CONNECTIONS;
/** Milliseconds without a load, in which a live process costs what it always does. */
const IDLE_MS = orShort(3_000, 200);

/** Edges and aggregators of 2, 3 and 4 processes. */
const SIZES: readonly Sizes[] = [
  { edge: 1, aggregate: 1, live: 1 },
  { edge: 1, aggregate: 2, live: 1 },
  { edge: 2, aggregate: 2, live: 1 },
];

const ORDER = {
  type: "conversion",
  name: "checkout_intent",
  route: "/checkout",
  amount: 4998,
  currency: "USD",
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const spent = (before: Usage, after: Usage, role: keyof Usage): number =>
  sum([after[role]].flat()) - sum([before[role]].flat());

/** Posts to all edges at once. Returns the number of batches. */
async function load(
  ports: readonly number[],
  seconds: number,
  routes: number,
): Promise<{ batches: number; seconds: number }> {
  const connections = Math.round(CONNECTIONS / ports.length);
  const all = await Promise.all(
    ports.map((port) => postBatches(port, { seconds, connections, sessions: SESSIONS, routes })),
  );
  const refused = sum(all.map((each) => each.refused));
  if (refused > 0) throw new Error(`${refused} requests were refused: nothing was measured.`);
  return {
    batches: sum(all.map(({ requests }) => requests)),
    seconds: Math.max(...all.map((each) => each.seconds)),
  };
}

interface Costs {
  readonly edge: number;
  readonly aggregate: number;
  readonly log: number;
  readonly bytes: number;
  /** Lines of an edge's `/metrics`. */
  readonly lines: number;
  readonly live: Merging;
}

/** The cost of the frames of an aggregator for a live process. */
interface Merging {
  /** Milliseconds of CPU a second, for each aggregator. */
  readonly millis: number;
  /** Series that changed meanwhile. */
  readonly series: number;
}

async function measureCosts(
  cluster: Cluster,
  before: number,
  routes = 0,
): Promise<{ costs: Omit<Costs, "lines">; batches: number }> {
  const [aggregate = 0] = cluster.ports.aggregate;
  const idle = await cluster.usage();
  await wait(IDLE_MS);
  const start = await cluster.usage();
  const idleLive = spent(idle, start, "live") / IDLE_MS;
  const keptBefore = await cluster.kept();
  const series = await readMetrics(aggregate);
  const startedAt = performance.now();
  const { batches } = await load(cluster.ports.edge, SECONDS, routes);
  await cluster.counted(before + batches);
  const millis = performance.now() - startedAt;
  // The last frame.
  await wait(1_100);
  const end = await cluster.usage();
  const kept = await cluster.kept();
  const of = (role: keyof Usage): number => spent(start, end, role) / batches / events.length;
  const changed = [...(await readMetrics(aggregate))].filter(
    ([name, value]) => !/_bucket\{|_sum[{ ]|^rum_log_/.test(name) && series.get(name) !== value,
  ).length;
  const live = Math.max(0, spent(start, end, "live") - idleLive * (millis + 1_100));
  const costs: Omit<Costs, "lines"> = {
    edge: of("edge"),
    aggregate: of("aggregate"),
    log: of("log"),
    bytes: (kept.bytes - keptBefore.bytes) / (kept.messages - keptBefore.messages) / events.length,
    live: { millis: live / millis / cluster.ports.aggregate.length, series: changed },
  };
  return { costs, batches };
}

/** Measures processes with each number of further routes in turn. */
async function measureAll(sizes: Sizes, routes: readonly number[]): Promise<Costs[]> {
  const cluster = await startCluster(sizes);
  const all: Costs[] = [];
  let before = 0;
  for (const each of routes) {
    const { costs, total } = await measure(cluster, before, each);
    before = total;
    all.push(costs);
  }
  await cluster.stop();
  return all;
}

/**
 * Measures for so many rounds. Of each cost the least counts, because noise only adds.
 *
 * @param before Batches that were counted before.
 */
async function measure(
  cluster: Cluster,
  before: number,
  routes: number,
): Promise<{ costs: Costs; total: number }> {
  let total = before + (await load(cluster.ports.edge, WARM_UP_SECONDS, routes)).batches;
  await cluster.counted(total);
  const rounds: Omit<Costs, "lines">[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { costs, batches } = await measureCosts(cluster, total, routes);
    total += batches;
    rounds.push(costs);
  }
  const lines = (await readMetrics(cluster.ports.edge[0]!)).size;
  const least = (read: (costs: Omit<Costs, "lines">) => number): number => Math.min(...rounds.map(read));
  const costs = {
    edge: least(({ edge }) => edge),
    aggregate: least(({ aggregate }) => aggregate),
    log: least(({ log }) => log),
    bytes: least(({ bytes }) => bytes),
    lines,
    live: { millis: least(({ live }) => live.millis), series: rounds[0]!.live.series },
  };
  return { costs, total };
}

/** Microseconds of an event of a collector alone, with its journal on the same disk. */
async function measureAlone(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-bench-"));
  const server = await startServer("role.ts", { ROLE: "all", NAME: "alone", FOLDER: folder });
  await load([server.port], WARM_UP_SECONDS, 0);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = (await server.cpu())["cpuMicros"]!;
    const { batches } = await load([server.port], SECONDS, 0);
    rounds.push(((await server.cpu())["cpuMicros"]! - before) / batches / events.length);
  }
  await server.stop();
  await rm(folder, { recursive: true });
  return Math.min(...rounds);
}

/** Milliseconds from sending an event to an edge to the frame of the live page that has it. */
async function measureLatency(): Promise<number[]> {
  const cluster = await startCluster({ edge: 1, aggregate: 1, live: 1 });
  const sender = await openSender(cluster.ports.edge[0]!, ORDER);
  const reader = await readTotals(cluster.ports.live[0]!, "rum_conversions_total");
  await sender.run(20, orShort(30, 2));
  const deadline = AbortSignal.timeout(300_000);
  while (reader.seenAt.length < sender.sentAt.length && !deadline.aborted) await wait(20);
  reader.close();
  sender.close();
  await cluster.stop();
  if (reader.seenAt.length < sender.sentAt.length)
    throw new Error(`[bench] The live page saw ${reader.seenAt.length} of ${sender.sentAt.length} events.`);
  return sender.sentAt.map((at, index) => reader.seenAt[index]! - at).toSorted((one, other) => one - other);
}

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
const alone = await measureAlone();
const rows = [
  { processes: "1: a collector alone", "µs of CPU an event: collector": alone.toFixed(1) },
] as object[];
const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? "" : "s"}`;
const live: Merging[] = [];
for (const sizes of orSome(SIZES, 0)) {
  const [costs, ofRoutes] = await measureAll(sizes, sizes === SIZES[0] ? [0, ROUTES] : [0]);
  const { edge, aggregate, log, bytes, lines } = costs!;
  if (ofRoutes) live.push(costs!.live, ofRoutes.live);
  rows.push({
    processes: `${sizes.edge + sizes.aggregate}: ${plural(sizes.edge, "edge")}, ${plural(sizes.aggregate, "aggregator")}`,
    "µs of CPU an event: edges": edge.toFixed(1),
    aggregators: aggregate.toFixed(1),
    log: log.toFixed(1),
    "events/s of a core: edge": Math.round(1e6 / edge),
    aggregator: Math.round(1e6 / aggregate),
    "bytes in the log an event": bytes.toFixed(0),
    "lines of an edge": lines,
  });
}
console.table(rows);

const [few, many] = [live[0]!, live[1]!];
const perSeries = Math.max(0, (many.millis - few.millis) / (many.series - few.series));
console.log("\nA live process, for each aggregator whose frames it merges");
console.table([
  {
    "series that change": few.series,
    "ms of CPU a second": few.millis.toFixed(1),
    "series that change, with more routes": many.series,
    "ms a second": many.millis.toFixed(1),
    "µs a second for a series": (perSeries * 1_000).toFixed(1),
    "ms a second without a series": Math.max(0, few.millis - perSeries * few.series).toFixed(1),
  },
]);

const times = await measureLatency();
const at = (share: number): string => times[Math.floor(share * (times.length - 1))]!.toFixed(0);
console.log("\nPage → edge → log → aggregator → log → live page, ms");
console.table([{ events: times.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), longest: at(1) }]);
console.log(`Load of the machine ${loadavg()[0]!.toFixed(1)}.`);
