/**
 * The cost of the hop through a worker: `npm run bench -- workers`.
 *
 * `POST /collect` to a collector alone, and to one, two and four workers of `node:cluster` that pass requests on to it
 * (`serveWorkers`, `connectCollector`). In turns, with a journal in memory; of each the best round counts.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type LoadResult, postBatches } from "./load.ts";
import { orShort, orSome } from "./rounds.ts";
import { startServer } from "./startServer.ts";

const ROUNDS = orShort(4);
const SECONDS = orShort(2, 0.1);
const WARM_UP_SECONDS = orShort(2.5, 0.1);
const CONNECTIONS = [32, 128] as const;
type Workers = 0 | 1 | 2 | 4;
const WORKERS = orSome<Workers>([0, 1, 2, 4], 0, 2);
type Connections = (typeof CONNECTIONS)[number];

interface Round extends LoadResult {
  readonly connections: Connections;
  /** Microseconds of a request: of the collector, and of all workers together. */
  readonly collector: number;
  readonly workers: number;
}

async function measure(workers: Workers): Promise<Round[]> {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-bench-"));
  const server = await startServer("workers.ts", { WORKERS: String(workers), FOLDER: folder });
  await postBatches(server.port, { seconds: WARM_UP_SECONDS, connections: 128 });
  const rounds: Round[] = [];
  for (const connections of CONNECTIONS) {
    const before = await server.cpu();
    const result = await postBatches(server.port, { seconds: SECONDS, connections });
    const after = await server.cpu();
    if (result.refused > 0)
      throw new Error(`${result.refused} of ${result.requests} requests were refused: nothing was measured.`);
    const perRequest = (part: string): number => ((after[part] ?? 0) - (before[part] ?? 0)) / result.requests;
    rounds.push({
      ...result,
      connections,
      collector: perRequest("cpuMicros"),
      workers: perRequest("workerMicros"),
    });
  }
  await server.stop();
  rmSync(folder, { recursive: true });
  return rounds;
}

const all = new Map(WORKERS.map((workers): [Workers, Round[]] => [workers, []]));
for (let round = 0; round < ROUNDS; round += 1)
  for (const [workers, rounds] of all) rounds.push(...(await measure(workers)));

function bestOf(workers: Workers, connections: Connections) {
  const rounds = all.get(workers)!.filter((round) => round.connections === connections);
  const least = (read: (round: Round) => number): number => Math.min(...rounds.map(read));
  return {
    perSecond: Math.max(...rounds.map(({ requests, seconds }) => requests / seconds)),
    collector: least((round) => round.collector),
    workers: least((round) => round.workers),
    p50: least(({ p50 }) => p50),
    p99: least(({ p99 }) => p99),
  };
}

console.log(`\n${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.version}`);
console.log(`Best of ${ROUNDS} rounds of ${SECONDS} s; load of the machine ${loadavg()[0]!.toFixed(1)}.`);
for (const connections of CONNECTIONS) {
  const alone = bestOf(0, connections);
  console.log(`\n${connections} connections`);
  console.table(
    WORKERS.map((workers) => {
      const best = bestOf(workers, connections);
      return {
        processes:
          workers === 0 ? "a collector alone" : `with ${workers} ${workers === 1 ? "worker" : "workers"}`,
        "requests/s": Math.round(best.perSecond),
        "of alone": Number((best.perSecond / alone.perSecond).toFixed(2)),
        "CPU µs/request: collector": best.collector.toFixed(1),
        "of all workers": best.workers.toFixed(1),
        "p50 ms": best.p50.toFixed(2),
        "p99 ms": best.p99.toFixed(2),
      };
    }),
  );
}
