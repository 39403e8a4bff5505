import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type ServerType, serve } from "@hono/node-server";
import { createMetricsClient } from "@rumkit/client";
import { createCollector, openSqliteJournal } from "@rumkit/server";
import { catalog } from "./catalog.ts";
import { createLoad, type Load } from "./load.ts";
import { createWorld, DEFAULT_LIMITS } from "./world.ts";

/** The time for answers on their way after SIGTERM. */
const GRACE_MS = 2_000;

/** After it the process ends whatever is open: well within the 10 s that Docker waits before SIGKILL. */
const SHUTDOWN_MS = 4_500;

const flags = readFlags();
const port = readInteger("PORT", process.env["PORT"] ?? "4000", 0, 65_535);
const hostname = process.env["HOST"] ?? "127.0.0.1";
const seed = readInteger("--seed", flags.seed, 0, 2 ** 32 - 1);
const slots = readInteger("--slots", flags.slots, 1, 1_000);
const places = readInteger("--queue", flags.queue, 0, 10_000);
const faultRate = readInteger("--faults", flags.faults, 0, 100) / 100;

// The API reports tokens and costs as another service would, through the collector's door for services.
const ingestToken = randomBytes(16).toString("hex");
const collector = createCollector({
  catalog,
  ingestTokens: [ingestToken],
  // The clients are programs.
  bots: "count",
  ...(flags.journal !== undefined && { journal: await openJournal(flags.journal) }),
});
let client: ReturnType<typeof createMetricsClient> | undefined;
const world = createWorld({
  collector,
  client: { increment: (...value) => client?.increment(...value) },
  seed,
  slots,
  places,
  faultRate,
});

const server = serve({ fetch: world.app.fetch, port, hostname });
collector.attachWebSocket(server);
server.on("error", (error: NodeJS.ErrnoException) => {
  const isTaken = error.code === "EADDRINUSE";
  fail(isTaken ? `Port ${port} is in use. Set PORT to another one.` : error.message);
});
server.on("listening", () => {
  const { port: bound } = server.address() as AddressInfo;
  const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
  const origin = `http://${["0.0.0.0", "[::]"].includes(shown) ? "127.0.0.1" : shown}:${bound}`;
  client = createMetricsClient({ url: origin, token: ingestToken, flushIntervalMs: 200 });
  const load = flags["no-load"] ? undefined : createLoad({ origin, seed });
  // Before the first line: its reader may send a signal at once.
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (!isStopping) void shutDown(load);
      isStopping = true;
    });
  }
  console.log(`API         ${origin}/v1`);
  console.log(`Page        ${origin}/`);
  console.log(`Live page   ${origin}/realtime`);
  console.log(`Metrics     ${origin}/metrics`);
  console.log(`Load        ${load ? `${load.clients} simulated clients, seed ${seed}` : "none, only you"}`);
});

/** Lets answers end and be counted, ends the others, then the live streams and the process. */
async function shutDown(load: Load | undefined): Promise<void> {
  setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
  collector.drain();
  world.drain();
  const stopped = load?.stop();
  const deadline = performance.now() + GRACE_MS;
  while (world.busy() > 0 && performance.now() < deadline) await wait(20);
  world.close();
  while (world.busy() > 0) await wait(20);
  await stopped;
  // It reports to this server, which therefore still listens.
  await client?.close();
  const closed = close(server);
  await collector.stop();
  if ("closeAllConnections" in server) server.closeAllConnections();
  await closed;
  if (load) console.log(`Load        ${load.summary()}`);
  process.exit(0);
}

function close(closing: ServerType): Promise<void> {
  return new Promise((resolve) => void closing.close(() => resolve()));
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        seed: { type: "string", default: "1" },
        "no-load": { type: "boolean", default: false },
        /** Percent of the answers that fail. */
        faults: { type: "string", default: "2" },
        /** Requests that are answered at a time. */
        slots: { type: "string", default: String(DEFAULT_LIMITS.slots) },
        /** Requests that may wait. */
        queue: { type: "string", default: String(DEFAULT_LIMITS.places) },
        /** A file that keeps the counters of tokens and costs when the process ends. Default: none. */
        journal: { type: "string" },
      },
    }).values;
  } catch (error) {
    return fail((error as Error).message.split("\n")[0]!);
  }
}

async function openJournal(path: string) {
  try {
    return await openSqliteJournal({ path });
  } catch (error) {
    return fail((error as Error).message);
  }
}

/** Whole numbers only: `PORT=auto` should not open a random port. */
function readInteger(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  return fail(`${name} must be a whole number from ${least} to ${most}: "${text}".`);
}

function fail(message: string): never {
  console.error(`[llm] ${message}`);
  process.exit(1);
}
