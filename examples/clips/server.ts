import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { serve, type ServerType } from "@hono/node-server";
import { createCollector, openSqliteJournal } from "@rumkit/server";
import { Hono } from "hono";
import { createApi } from "./api.ts";
import { catalog } from "./catalog.ts";
import { startLoad } from "./load.ts";
import { openQueue } from "./queue/openQueue.ts";
import { createQueueDoor } from "./queue/queueDoor.ts";
import { startWorkers } from "./startWorkers.ts";

/** After SIGTERM the process ends whatever is open: well within the 10 s that Docker waits before SIGKILL. */
const SHUTDOWN_MS = 4_800;

/** Milliseconds for open requests after SIGTERM. */
const GRACE_MS = 500;

const flags = readFlags();
const port = readInteger("PORT", process.env["PORT"] ?? "4000", 65_535);
const hostname = process.env["HOST"] ?? "127.0.0.1";
const seed = readInteger("--seed", flags.seed);
const workerCount = readInteger("--workers", flags.workers, 16);
if (flags.queue !== undefined && flags.queue !== "redis" && flags.queue !== "embedded")
  fail(`--queue must be redis or embedded: "${flags.queue}".`);

const page = readFileSync(`${import.meta.dirname}/page.html`, "utf8");
const token = randomBytes(16).toString("hex");
const collector = createCollector({
  // As of infra/prometheus/prometheus.yml.
  scrapeIntervalMs: 10_000,
  catalog,
  ingestTokens: [token],
  // A browser that a test drives says that it is one.
  bots: "count",
  ...(flags.journal !== undefined && { journal: await openSqliteJournal({ path: flags.journal }) }),
});
const {
  queue,
  kind,
  description,
  embedded,
  redisUrl,
  close: closeQueue,
} = await openQueue(flags.queue).catch((error: Error) => fail(error.message));

const app = new Hono();
app.route("/", collector.app);
if (embedded) app.route("/", createQueueDoor(embedded, token));
app.route("/", createApi({ collector, queue }));
app.get("/", (c) => c.html(page));

const watching = watchQueue();
const server = serve({ fetch: app.fetch, port, hostname }, ({ port: boundPort }) => {
  const origin = `http://${hostname}:${boundPort}`;
  const env = { COLLECTOR_URL: origin, RUMKIT_INGEST_TOKEN: token, REDIS_URL: redisUrl ?? "" };
  const workers = startWorkers({ count: workerCount, env });
  const load = flags["no-load"] ? undefined : startLoad(origin, seed);
  // Before the first line: its reader may send a signal at once.
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => void shutDown(load?.stop(), workers.stop));
  console.log(`Page        ${origin}/`);
  console.log(`Live page   ${origin}/realtime`);
  console.log(`Metrics     ${origin}/metrics`);
  console.log(`Queue       ${description}`);
  console.log(`Workers     ${workerCount}: ${workers.pids().join(", ")}`);
  console.log(`Load        ${load ? `simulated, seed ${seed}` : "none, only you"}`);
});
server.on("error", (error: NodeJS.ErrnoException) => {
  void closeQueue().then(() =>
    fail(
      error.code === "EADDRINUSE"
        ? `Port ${port} is in use. Choose another: PORT=${port + 1}`
        : error.message,
    ),
  );
});

/** Reads the queue each second, because a scrape does not wait for Redis. Its depth is unknown while Redis is away. */
function watchQueue(): () => void {
  let depth = 0;
  collector.trackQueue(kind, () => depth);
  const read = async (): Promise<void> => {
    depth = await queue.depth().catch(() => Number.NaN);
    const seconds = await queue.oldestWait().catch(() => undefined);
    if (seconds !== undefined) collector.setGauge("clip_waiting", seconds);
  };
  const timer = setInterval(() => void read(), 1_000);
  return () => clearInterval(timer);
}

/** Workers end first: what they report is counted. */
async function shutDown(
  loadEnded: Promise<void> | undefined,
  stopWorkers: () => Promise<void>,
): Promise<void> {
  setTimeout(() => process.exit(0), SHUTDOWN_MS).unref();
  watching();
  await loadEnded;
  await stopWorkers();
  collector.drain();
  const closed = close(server);
  // A live stream ends with the collector only.
  await Promise.race([closed, wait(GRACE_MS)]);
  await collector.stop();
  await closeQueue();
  process.exit(0);
}

function close(closing: ServerType): Promise<void> {
  return new Promise((resolve) => void closing.close(() => resolve()));
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        "no-load": { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        /** Processes that do the jobs. */
        workers: { type: "string", default: "2" },
        /** `redis` or `embedded`. Default: Redis where `REDIS_URL` names it or `redis-server` is installed. */
        queue: { type: "string" },
        /** A file that keeps the counters when the process ends. Default: none. */
        journal: { type: "string" },
      },
    }).values;
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Whole numbers only: `PORT=auto` should not open a random port. */
function readInteger(name: string, text: string, most = 999_999_999): number {
  return /^\d{1,9}$/.test(text) && Number(text) <= most
    ? Number(text)
    : fail(`${name} must be a whole number of at most ${most}: "${text}".`);
}

function fail(message: string): never {
  console.error(`[clips] ${message}`);
  process.exit(1);
}
