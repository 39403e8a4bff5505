/**
 * CPU and bytes of a push, against the same collector that does not push: `npm run bench -- push`.
 *
 * First CPU and bytes of a push by each protocol, with the example shop's series and once per second. Then `POST /collect`
 * beside it: without a push, with one, with a receiver that never answers, and with one that is down. All of them in turns.
 */
import { cpus, loadavg } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../test/support/freePort.ts";
import { type LoadResult, postBatches } from "./load.ts";
import { startPushReceiver } from "./push/pushReceiver.ts";
import { orShort, orSome } from "./rounds.ts";
import { type BenchServer, startServer } from "./startServer.ts";

const ROUNDS = orShort(4);
/** Milliseconds in which a collector does nothing but push. */
const REST_MS = orShort(10_000, 1_500);
/** Seconds of requests. Several pushes are in each. */
const SECONDS = orShort(5, 0.2);
const WARM_UP_SECONDS = orShort(2.5, 0.1);
const CONNECTIONS = 128;
/** Of a push, by default. */
const INTERVAL_SECONDS = 15;

const receiver = await startPushReceiver();
const downUrl = `http://127.0.0.1:${await freePort()}/push`;

interface Subject {
  readonly title: string;
  readonly env: Readonly<Record<string, string>>;
}

const OFF: Subject = { title: "off", env: {} };
const pushing = (title: string, version: string, url = receiver.url): Subject => ({
  title,
  env: { PUSH_URL: url, PUSH_VERSION: version },
});
const PROTOCOLS = orSome(
  [OFF, pushing("remote write 1.0", "1.0"), pushing("remote write 2.0", "2.0"), pushing("OTLP", "otlp")],
  0,
  3,
);
const RECEIVERS = orSome(
  [
    OFF,
    pushing("on", "1.0"),
    pushing("on, the receiver never answers", "1.0", receiver.stalledUrl),
    pushing("on, the receiver is down", "1.0", downUrl),
  ],
  0,
  2,
);

interface Rest {
  /** Microseconds of CPU per second of the clock. */
  readonly cpuPerSecond: number;
  readonly pushes: number;
  readonly samplesPerPush: number;
  readonly bytes: number;
  readonly seconds: number;
}

interface Load extends LoadResult {
  readonly cpuPerRequest: number;
}

/** Runs a collector that has counted requests, for as long as `measure` takes. */
async function run<Result>(
  { env }: Subject,
  measure: (server: BenchServer) => Promise<Result>,
): Promise<Result> {
  const server = await startServer("pushing.ts", env);
  await postBatches(server.port, { seconds: WARM_UP_SECONDS, connections: CONNECTIONS });
  const result = await measure(server);
  await server.stop();
  return result;
}

const cpuOf = async (server: BenchServer): Promise<number> => (await server.cpu())["cpuMicros"]!;

/** Requests and samples that the receiver took, as the collector counts them: of one scrape, so that they belong together. */
async function deliveredOf({ port }: BenchServer): Promise<{ requests: number; samples: number }> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const read = (series: RegExp): number => Number(series.exec(text)?.[1] ?? 0);
  return {
    requests: read(/^rum_push_requests_total\{outcome="delivered"\} (\d+)/m),
    samples: read(/^rum_push_samples_total (\d+)/m),
  };
}

async function rest(server: BenchServer): Promise<Rest> {
  // The garbage of the requests is collected, and what they counted was shown.
  await wait(orShort(3_000, 100));
  const first = await deliveredOf(server);
  const before = receiver.taken();
  const startedAt = performance.now();
  const cpu = await cpuOf(server);
  await wait(REST_MS);
  const used = (await cpuOf(server)) - cpu;
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = receiver.taken();
  const last = await deliveredOf(server);
  return {
    cpuPerSecond: used / seconds,
    pushes: after.pushes - before.pushes,
    bytes: after.bytes - before.bytes,
    samplesPerPush: (last.samples - first.samples) / Math.max(1, last.requests - first.requests),
    seconds,
  };
}

async function load(server: BenchServer): Promise<Load> {
  const before = await cpuOf(server);
  const result = await postBatches(server.port, { seconds: SECONDS, connections: CONNECTIONS });
  if (result.refused > 0) throw new Error(`${result.refused} of ${result.requests} requests were refused.`);
  return { ...result, cpuPerRequest: ((await cpuOf(server)) - before) / result.requests };
}

const rests = new Map(PROTOCOLS.map((subject): [Subject, Rest[]] => [subject, []]));
const loads = new Map(RECEIVERS.map((subject): [Subject, Load[]] => [subject, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const [subject, results] of rests) results.push(await run(subject, rest));
  for (const [subject, results] of loads) results.push(await run(subject, load));
}

const least = (values: readonly number[]): number => Math.min(...values);
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(`Load of the machine ${loadavg()[0]!.toFixed(1)}.`);
const idle = least(rests.get(OFF)!.map(({ cpuPerSecond }) => cpuPerSecond));
console.log(
  `\nOne push per second, the least of ${ROUNDS} rounds of ${REST_MS / 1_000} s. Off: ${(idle / 1_000).toFixed(2)} ms of CPU per second`,
);
console.table(
  PROTOCOLS.slice(1).map((subject) => {
    const results = rests.get(subject)!;
    const pushes = sum(results.map((result) => result.pushes));
    const samples = sum(results.map(({ samplesPerPush }) => samplesPerPush)) / results.length;
    const perSecond = sum(results.map((result) => result.pushes / result.seconds)) / results.length;
    const micros = (least(results.map(({ cpuPerSecond }) => cpuPerSecond)) - idle) / perSecond;
    return {
      push: subject.title,
      pushes,
      "samples a push": Math.round(samples),
      "ms of CPU a push": (micros / 1_000).toFixed(2),
      "µs of CPU a sample": (micros / samples).toFixed(2),
      [`ms of CPU per second, one each ${INTERVAL_SECONDS} s`]: (micros / 1_000 / INTERVAL_SECONDS).toFixed(
        2,
      ),
      "bytes a push": Math.round(sum(results.map(({ bytes }) => bytes)) / pushes),
    };
  }),
);
const best = (subject: Subject) => {
  const results = loads.get(subject)!;
  return {
    perSecond: Math.max(...results.map(({ requests, seconds }) => requests / seconds)),
    cpu: least(results.map(({ cpuPerRequest }) => cpuPerRequest)),
    p50: least(results.map(({ p50 }) => p50)),
    p99: least(results.map(({ p99 }) => p99)),
  };
};
console.log(`\nPOST /collect over ${CONNECTIONS} connections, the best of ${ROUNDS} rounds of ${SECONDS} s`);
console.table(
  RECEIVERS.map((subject) => {
    const { perSecond, cpu, p50, p99 } = best(subject);
    return {
      push: subject.title,
      "requests/s": Math.round(perSecond),
      "of off": (perSecond / best(OFF).perSecond).toFixed(2),
      "CPU µs/request": cpu.toFixed(1),
      "p50 ms": p50.toFixed(2),
      "p99 ms": p99.toFixed(2),
      refused: sum(loads.get(subject)!.map(({ refused }) => refused)),
    };
  }),
);
