/**
 * Requests a second of `POST /collect`, as a ratio to bare `node:http`: `npm run bench`.
 *
 * With 32, 128 and 512 connections. The servers run one at a time in turns, several rounds each, so that what else the
 * machine does meets all of them; of each the best round counts, because noise only ever slows down.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createBody, events } from "./batch.ts";
import { type LoadResult, postBatches } from "./load.ts";
import { isShort, orShort } from "./rounds.ts";
import { startServer } from "./startServer.ts";

const ROUNDS = orShort(4);
/** Seconds of each measurement. */
const SECONDS = orShort(1.2, 0.1);
/** For V8 to have compiled what is called for each request: with a journal it takes some seconds. */
const WARM_UP_SECONDS = orShort(2.5, 0.1);
/** The open connections of a page or two, of a busy shop, and of a collector behind many proxies. */
type Connections = 32 | 128 | 512;
const CONNECTIONS: readonly Connections[] = isShort ? [32] : [32, 128, 512];

interface Round extends LoadResult {
  readonly cpuMicrosPerRequest: number;
}

interface Server {
  readonly title: string;
  readonly file: string;
  /** True if it writes its counts to a disk before it answers. */
  readonly durable?: boolean;
  /** True if it is configured to refuse all but a few requests. */
  readonly refuses?: boolean;
}

const SERVERS: readonly Server[] = [
  { title: "bare node:http + JSON.parse + 204", file: "bare.ts" },
  { title: "bare, its answers together", file: "bareInTurns.ts" },
  { title: "bare with Hono and its adapter for Node", file: "bareHono.ts" },
  { title: "bare, refused at once: 429", file: "bareRefusal.ts", refuses: true },
  { title: "rumkit, every guard on, memory journal", file: "rumkit.ts" },
  { title: "rumkit, every guard on, SQLite journal", file: "rumkit.ts", durable: true },
  { title: "rumkit, refused by rate: 429", file: "rumkit.ts", refuses: true },
  { title: "by hand: Hono + bodyLimit + zod + prom-client", file: "handWritten.ts" },
];

type Rounds = Map<Connections, Round>;

async function runRound(server: Server): Promise<Rounds> {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-bench-"));
  try {
    return await measure(server, {
      ...(server.durable && { JOURNAL: join(folder, "journal.db") }),
      ...(server.refuses && { REFUSES: "1" }),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One process of a server, with each number of connections in turn. */
async function measure({ file, refuses }: Server, env: Readonly<Record<string, string>>): Promise<Rounds> {
  const server = await startServer(file, env);
  const { port } = server;
  const ask = async (): Promise<number> => (await server.cpu())["cpuMicros"]!;
  await postBatches(port, { seconds: WARM_UP_SECONDS, connections: 128 });
  const rounds: Rounds = new Map();
  for (const connections of CONNECTIONS) {
    const before = await ask();
    const result = await postBatches(port, { seconds: SECONDS, connections });
    const cpuMicros = (await ask()) - before;
    const isRefused = result.refused > result.requests / 2;
    if (refuses ? !isRefused : result.refused > 0)
      throw new Error(
        `${file} refused ${result.refused} of ${result.requests} requests: nothing was measured.`,
      );
    rounds.set(connections, { ...result, cpuMicrosPerRequest: cpuMicros / result.requests });
  }
  await server.stop();
  return rounds;
}

const rounds = new Map<Server, Rounds[]>(SERVERS.map((server) => [server, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const server of SERVERS) rounds.get(server)?.push(await runRound(server));
}

/** Of all rounds of a server the best: what else the machine does only slows down. */
function bestOf(server: Server, connections: Connections) {
  const all = (rounds.get(server) ?? []).flatMap((round) => round.get(connections) ?? []);
  const least = (read: (round: Round) => number): number => Math.min(...all.map(read));
  return {
    perSecond: Math.max(...all.map(({ requests, seconds }) => requests / seconds)),
    cpu: least(({ cpuMicrosPerRequest }) => cpuMicrosPerRequest),
    p50: least(({ p50 }) => p50),
    p99: least(({ p99 }) => p99),
  };
}

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `${createBody().length} bytes and ${events.length} events a batch, best of ${ROUNDS} rounds of ${SECONDS} s`,
);
for (const connections of CONNECTIONS) {
  const bare = bestOf(SERVERS[0]!, connections);
  const byHand = bestOf(SERVERS.at(-1)!, connections);
  console.log(`\n${connections} connections`);
  console.table(
    SERVERS.map((server) => {
      const { perSecond, cpu, p50, p99 } = bestOf(server, connections);
      return {
        server: server.title,
        "requests/s": Math.round(perSecond),
        "events/s": Math.round(perSecond * events.length),
        "of bare": Number((perSecond / bare.perSecond).toFixed(2)),
        "of by hand": Number((perSecond / byHand.perSecond).toFixed(2)),
        "CPU µs/request": Math.round(cpu),
        "p50 ms": Number(p50.toFixed(2)),
        "p99 ms": Number(p99.toFixed(2)),
      };
    }),
  );
}
