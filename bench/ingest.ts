/**
 * Requests a second of `POST /collect`, as a ratio to bare `node:http`: `npm run bench`.
 *
 * The servers run one at a time in turns, several rounds each, so that what else the machine does meets all
 * of them; of each the best round counts, because noise only ever slows down.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createBody, events } from "./batch.ts";
import { type LoadResult, postBatches } from "./load.ts";

const ROUNDS = 5;
const SECONDS = 3;
/** For V8 to have compiled what is called for each request: with a journal it takes three seconds. */
const WARM_UP_SECONDS = 3;
const CONNECTIONS = 32;

interface Round extends LoadResult {
  readonly cpuMicrosPerRequest: number;
}

interface Server {
  readonly title: string;
  readonly file: string;
  /** Whether it keeps what it counts on a disk before it answers. */
  readonly durable?: boolean;
  /** Whether it is to refuse all but a few requests. */
  readonly refuses?: boolean;
}

const SERVERS: readonly Server[] = [
  { title: "bare node:http + JSON.parse + 204", file: "bare.ts" },
  { title: "bare, its answers together", file: "bareInTurns.ts" },
  { title: "rumkit, every guard on, memory journal", file: "rumkit.ts" },
  { title: "rumkit, every guard on, SQLite journal", file: "rumkit.ts", durable: true },
  { title: "rumkit, refused by rate: 429", file: "rumkit.ts", refuses: true },
  { title: "by hand: Hono + bodyLimit + zod + prom-client", file: "handWritten.ts" },
];

async function runRound(server: Server): Promise<Round> {
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

async function measure({ file, refuses }: Server, env: Readonly<Record<string, string>>): Promise<Round> {
  const server = fork(join(import.meta.dirname, "servers", file), {
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  const [{ port }] = (await once(server, "message")) as [{ port: number }];
  const ask = async (): Promise<number> => {
    server.send("cpu");
    const [{ cpuMicros }] = (await once(server, "message")) as [{ cpuMicros: number }];
    return cpuMicros;
  };
  await postBatches(port, { seconds: WARM_UP_SECONDS, connections: CONNECTIONS });
  const before = await ask();
  const result = await postBatches(port, { seconds: SECONDS, connections: CONNECTIONS });
  const cpuMicros = (await ask()) - before;
  server.disconnect();
  await once(server, "exit");
  const isRefused = result.refused > result.requests / 2;
  if (refuses ? !isRefused : result.refused > 0)
    throw new Error(
      `${file} refused ${result.refused} of ${result.requests} requests: nothing was measured.`,
    );
  return { ...result, cpuMicrosPerRequest: cpuMicros / result.requests };
}

const rounds = new Map<Server, Round[]>(SERVERS.map((server) => [server, []]));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const server of SERVERS) rounds.get(server)?.push(await runRound(server));
}

const best = SERVERS.map((server) => {
  const all = rounds.get(server) ?? [];
  const perSecond = Math.max(...all.map((round) => round.requests / round.seconds));
  const cpu = Math.min(...all.map((round) => round.cpuMicrosPerRequest));
  return {
    title: server.title,
    perSecond,
    cpu,
    p50: Math.min(...all.map(({ p50 }) => p50)),
    p99: Math.min(...all.map(({ p99 }) => p99)),
  };
});
const bare = best[0]!;

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(
  `${createBody().length} bytes and ${events.length} events a batch, ${CONNECTIONS} connections, best of ${ROUNDS} rounds of ${SECONDS} s\n`,
);
console.table(
  best.map(({ title, perSecond, cpu, p50, p99 }) => ({
    server: title,
    "requests/s": Math.round(perSecond),
    "events/s": Math.round(perSecond * events.length),
    "of bare": Number((perSecond / bare.perSecond).toFixed(2)),
    "CPU µs/request": Math.round(cpu),
    "p50 ms": Number(p50.toFixed(2)),
    "p99 ms": Number(p99.toFixed(2)),
  })),
);
