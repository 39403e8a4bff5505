/**
 * A worker: takes jobs from the queue, one at a time, and reports them to the collector. It runs in its own process, which
 * server.ts starts; by hand it can run elsewhere with the same environment.
 */
import { setTimeout as wait } from "node:timers/promises";
import { createMetricsClient } from "@rumkit/client";
import { cutClip } from "./cutClip.ts";
import { LEASE_MS, type Outcome, type TakenJob, type WorkerQueue } from "./queue/clipQueue.ts";
import { createQueueClient } from "./queue/queueClient.ts";
import { connectRedisQueue } from "./queue/redisQueue.ts";

/** Times that a job is taken: one that ends its worker each time must not do so for ever. */
const MAX_ATTEMPTS = 3;

/** Milliseconds until the queue is asked again after it could not be reached. */
const AWAY_MS = 500;

/** Milliseconds after SIGTERM in which the present job may end; then it is handed back. */
const GRACE_MS = 2_000;

const collectorUrl = required("COLLECTOR_URL");
const token = required("RUMKIT_INGEST_TOKEN");
const metrics = createMetricsClient({ url: collectorUrl, token, flushIntervalMs: 100 });
const redisUrl = process.env["REDIS_URL"];
const queue: WorkerQueue = redisUrl ? connectRedisQueue(redisUrl) : createQueueClient(collectorUrl, token);

/** No further jobs. */
const leaving = new AbortController();
let present: TakenJob | undefined;
/** True once the present job has ended, and only the collector and the queue have to hear of it. */
let isEnding = false;

/** Each job counts once, by its id, also if its worker was killed after it: another worker then does it again. */
const run = metrics.trackJob("clip", cut, { id: ({ id }) => id });

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, leave);
// server.ts was killed, and nothing else ends this process.
process.once("disconnect", leave);

while (!leaving.signal.aborted) {
  const job = await queue.take(leaving.signal).catch(async () => {
    await wait(AWAY_MS);
    return undefined;
  });
  if (job) await work(job);
}
await metrics.close();
await queue.close();
process.exit(0);

async function cut(job: TakenJob): Promise<void> {
  try {
    if (job.attempts > MAX_ATTEMPTS) throw new Error(`Its worker died ${MAX_ATTEMPTS} times.`);
    await cutClip(job);
  } finally {
    isEnding = true;
  }
}

/** The end of a job is counted first, then acknowledged. */
async function work(job: TakenJob): Promise<void> {
  present = job;
  isEnding = false;
  const renewing = setInterval(() => void queue.renew(job).catch(() => {}), LEASE_MS / 3);
  const outcome = await run(job).then(
    (): Outcome => ({ status: "done" }),
    (error: Error): Outcome => ({ status: "error", error: error.message }),
  );
  await finish(job, outcome);
  clearInterval(renewing);
  present = undefined;
}

async function finish(job: TakenJob, outcome: Outcome): Promise<void> {
  for (;;) {
    try {
      const isOurs = await queue.finish(job, outcome);
      if (!isOurs) console.error(`[clips] Worker ${process.pid} was too slow for job ${job.id}.`);
      return;
    } catch {
      // A queue that is away may have taken it, and only its answer is lost: it says so again.
      if (leaving.signal.aborted) return;
      await wait(AWAY_MS);
    }
  }
}

function leave(): void {
  leaving.abort();
  setTimeout(() => void handBack(), GRACE_MS).unref();
}

/** Ends the process in the middle of a job, which is not counted. What ended before it is. */
async function handBack(): Promise<void> {
  if (!present || isEnding) return;
  await queue.release(present).catch(() => {});
  await metrics.close();
  process.exit(0);
}

function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  console.error(`[clips] A worker needs ${name}. server.ts starts workers with everything that they need.`);
  process.exit(1);
}
