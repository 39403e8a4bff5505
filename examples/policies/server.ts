import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { serve } from "@hono/node-server";
import { createMetricsClient } from "@rumkit/client";
import { createCollector, openSqliteJournal } from "@rumkit/server";
import { SLA_CHOICES, withSla } from "./catalog.ts";
import { createLoad, type Load } from "./load.ts";
import { startPeers } from "./outbox/startPeers.ts";
import { createRules } from "./rules.ts";
import { type Services, startServices } from "./services/startServices.ts";
import { NotSeen, playRollback } from "./story.ts";
import { createWorld } from "./world.ts";

/** The time for answers on their way after SIGTERM. */
const GRACE_MS = 1_500;

/** After it the process ends whatever is open: well within the 10 s that Docker waits before SIGKILL. */
const SHUTDOWN_MS = 4_500;

const flags = readFlags();
const port = readInteger("PORT", process.env["PORT"] ?? "4000", 65_535);
const hostname = process.env["HOST"] ?? "127.0.0.1";
const seed = readInteger("--seed", flags.seed, 999_999_999);
const sla = readInteger("--sla", flags.sla, 999_999_999);
if (!(SLA_CHOICES as readonly number[]).includes(sla))
  fail(`--sla must be one of ${SLA_CHOICES.join(", ")}: "${sla}".`);
if (flags.story !== undefined && flags.story !== "rollback")
  fail(`--story must be one of rollback: "${flags.story}".`);
if (flags.story !== undefined && flags["no-load"])
  fail("--story and --no-load exclude each other. Leave one out.");
if (flags.exit && flags.story === undefined) fail("--exit ends the server after a story. Add --story.");

// Each service has its own token, so that one can be replaced without the others.
const tokens = { lookup: readToken("LOOKUP"), review: readToken("REVIEW"), survey: readToken("SURVEY") };
const rules = createRules();
const peers = await startPeers(rules, process.env);
const collector = await openCollector();
const closing = new AbortController();
let client: ReturnType<typeof createMetricsClient> | undefined;
const { app, busy } = createWorld({
  collector,
  rules,
  outbox: peers.outbox,
  closing: closing.signal,
  client: { record: (...value) => client?.record(...value) },
});

const server = serve({ fetch: app.fetch, port, hostname });
const detach = collector.attachWebSocket(server);
server.on("error", (error: NodeJS.ErrnoException) =>
  fail(error.code === "EADDRINUSE" ? `Port ${port} is in use. Set PORT to another one.` : error.message),
);
server.on("listening", () => {
  const { port: bound } = server.address() as AddressInfo;
  const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
  const origin = `http://${["0.0.0.0", "[::]"].includes(shown) ? "127.0.0.1" : shown}:${bound}`;
  client = createMetricsClient({ url: origin, token: tokens.lookup, flushIntervalMs: 200 });
  const running = flags["no-load"] ? {} : simulate(origin);
  let isStopping = false;
  const end = (code: number): void => {
    if (!isStopping) void shutDown(running, code);
    isStopping = true;
  };
  // Before the first line is printed: who reads it may end the server at once.
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => end(0));
  console.log(`Page        ${origin}/`);
  console.log(`Live page   ${origin}/realtime`);
  console.log(`Metrics     ${origin}/metrics`);
  console.log(`Notices     ${peers.real.length > 0 ? peers.real.join(", ") : "to the outbox on the page"}`);
  console.log(`Load        ${describeLoad(running.load)}`);
  if (flags.story !== undefined) void tell(origin, end);
});

interface Running {
  readonly load?: Load;
  readonly services?: Services;
}

function simulate(origin: string): Running {
  const say = (line: string): void => console.log(line);
  return {
    load: createLoad({ origin, seed }),
    services: startServices({ origin, seed, tokens, say }),
  };
}

function describeLoad(load: Load | undefined): string {
  return load
    ? `${load.clients} simulated clients and the services review and survey, seed ${seed}`
    : "none, only you";
}

/** Plays the story. The server then goes on, unless `--exit` ends it, or the story has failed. */
async function tell(origin: string, end: (code: number) => void): Promise<void> {
  const { signal } = closing;
  try {
    await playRollback({
      ask: (path, init) => fetch(origin + path, { ...init, signal }),
      say: (line) => console.log(`Story  ${line}`),
      pause: (milliseconds) => wait(milliseconds, undefined, { signal }),
      real: peers.real,
    });
    console.log("Story  The end.");
    if (flags.exit) end(0);
  } catch (error) {
    if (signal.aborted) return;
    console.error(`[policies] ${error instanceof NotSeen ? error.message : describe(error)}`);
    end(1);
  }
}

/** Ends the simulator and the services, which report what they have, then the rest. */
async function shutDown({ load, services }: Running, code: number): Promise<void> {
  setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
  await Promise.all([load?.stop(), services?.stop()]);
  closing.abort();
  collector.drain();
  // Look-ups that are on their way still report to this server, which therefore listens.
  const deadline = performance.now() + GRACE_MS;
  while (busy() > 0 && performance.now() < deadline) await wait(20);
  await client?.close();
  detach();
  const closed = new Promise((resolve) => void server.close(resolve));
  await Promise.race([closed, wait(GRACE_MS)]);
  await collector.stop();
  if ("closeAllConnections" in server) server.closeAllConnections();
  await closed;
  peers.close();
  if (load)
    console.log(
      `Load        ${Object.entries(load.statuses)
        .map(([status, count]) => `${count} × ${status}`)
        .join(", ")}`,
    );
  process.exit(code);
}

async function openCollector() {
  try {
    return createCollector({
      catalog: withSla(sla),
      ingestTokens: Object.values(tokens),
      // A misspelled name is refused, and not learned.
      unknownNames: "refuse",
      // The clients are programs.
      bots: "count",
      alerts: peers.alerts,
      ...(flags.journal !== undefined && { journal: await openSqliteJournal({ path: flags.journal }) }),
    });
  } catch (error) {
    return fail(describe(error));
  }
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        seed: { type: "string", default: "1" },
        "no-load": { type: "boolean", default: false },
        story: { type: "string" },
        /** Ends the server after the story. */
        exit: { type: "boolean", default: false },
        /** The milliseconds that one look-up in twenty may take. */
        sla: { type: "string", default: "200" },
        /** A file that keeps counters, alerts and the audit log when the process ends. Default: none. */
        journal: { type: "string" },
      },
    }).values;
  } catch (error) {
    return fail(describe(error));
  }
}

/** The token of a service: `LOOKUP_TOKEN`, `REVIEW_TOKEN`, `SURVEY_TOKEN`. Default: another one at each start. */
function readToken(service: string): string {
  return process.env[`${service}_TOKEN`] ?? randomBytes(16).toString("hex");
}

/** Whole numbers only: `PORT=auto` should not open a random port. */
function readInteger(name: string, text: string, most: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  return fail(`${name} must be a whole number up to ${most}: "${text}".`);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, " ") : String(error);
}

function fail(message: string): never {
  console.error(`[policies] ${message}`);
  process.exit(1);
}
