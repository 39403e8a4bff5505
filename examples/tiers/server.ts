import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { createApi } from "./api.ts";
import { catalog } from "./catalog.ts";
import { openEmbedded, openPostgres } from "./database.ts";
import { runLoad } from "./load.ts";
import { createRandom } from "./random.ts";
import { NotCounted, type ScenarioName, scenarioNames, scenarios } from "./scenarios.ts";
import { openStore } from "./store.ts";

/** The output folder of `vite build`. */
const DIST = `${import.meta.dirname}/dist`;

/** The time for open requests after SIGTERM. */
const GRACE_MS = 2_000;

/** After it the process ends whatever is open: well within the 10 s that Docker waits before SIGKILL. */
const SHUTDOWN_MS = 4_500;

/** The page may load its own files, and send to where it came from. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const flags = readFlags();
const port = readInteger("PORT", process.env["PORT"] ?? "4000", 65_535);
const seed = readInteger("--seed", flags.seed, 999_999_999);
const scenario = readScenario(flags.scenario);
const hostname = process.env["HOST"] ?? "127.0.0.1";
if (!existsSync(`${DIST}/index.html`)) fail("dist/index.html is missing. Run `vite build` first.");

const collector = createCollector({
  catalog,
  // A browser that a test drives says that it is one.
  bots: "count",
});
const database = await openDatabase(process.env["DATABASE_URL"]);
const store = await openStore(database, collector);

const closing = new AbortController();
const app = new Hono();
app.route("/", collector.app);
// A connection that is kept alive would bring requests that nothing counts any more: they are not begun.
app.use(async (c, next) => {
  if (!closing.signal.aborted || c.req.path === "/ready") return await next();
  return c.json({ status: "error", error: "The server stops. Try again." }, 503, { connection: "close" });
});
const random = createRandom(seed);
app.route("/", createApi({ collector, store, random, isStopping: () => closing.signal.aborted }));
app.use(async (c, next) => {
  await next();
  c.header("content-security-policy", POLICY);
  c.header("x-content-type-options", "nosniff");
});
app.use(serveStatic({ root: DIST }));

const server = serve({ fetch: app.fetch, port, hostname });
const detach = collector.attachWebSocket(server);
server.on("error", (error: NodeJS.ErrnoException) =>
  fail(error.code === "EADDRINUSE" ? `Port ${port} is in use. Set PORT to another one.` : error.message),
);
server.on("listening", () => {
  const { port: bound } = server.address() as AddressInfo;
  const shown = hostname.includes(":") ? `[${hostname}]` : hostname;
  const origin = `http://${["0.0.0.0", "[::]"].includes(shown) ? "127.0.0.1" : shown}:${bound}`;
  console.log(`Page        ${origin}/`);
  console.log(`Live page   ${origin}/realtime`);
  console.log(`Metrics     ${origin}/metrics`);
  console.log(`Database    ${process.env["DATABASE_URL"] ? "PostgreSQL" : "SQLite in memory"}`);
  const isLoaded = !flags["no-load"] && !scenario;
  console.log(`Load        ${isLoaded ? `three simulated clients, seed ${seed}` : "none, only you"}`);
  if (scenario) void play(origin, scenario);
  if (isLoaded) void runLoad({ origin, seed, signal: closing.signal });
});
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void shutDown(0));

/** Plays a scenario. The server then goes on, unless `--exit` ends it, or the scenario has failed. */
async function play(origin: string, name: ScenarioName): Promise<void> {
  try {
    const say = (line: string): void => console.log(`Scenario    ${line}`);
    await scenarios[name]({ origin, say, signal: closing.signal });
    if (flags.exit) return void shutDown(0);
    console.log("The scenario has ended. The server goes on; Ctrl-C ends it.");
  } catch (error) {
    if (closing.signal.aborted) return;
    console.error(`[tiers] ${error instanceof NotCounted ? error.message : String(error)}`);
    void shutDown(1);
  }
}

/** Lets open requests finish and be counted, ends the live streams, then the process. */
async function shutDown(code: number): Promise<void> {
  setTimeout(() => process.exit(code), SHUTDOWN_MS).unref();
  closing.abort();
  collector.drain();
  detach();
  const closed = new Promise((resolve) => void server.close(resolve));
  // A live stream ends with the collector only, so waiting for it to close would wait for ever.
  await Promise.race([closed, wait(GRACE_MS)]);
  await collector.stop();
  if ("closeAllConnections" in server) server.closeAllConnections();
  await closed;
  await database.close();
  process.exit(code);
}

async function openDatabase(url: string | undefined) {
  if (!url) return openEmbedded(collector);
  if (!URL.canParse(url) || !/^postgres(ql)?:/.test(url))
    return fail("DATABASE_URL must be an address such as postgres://user@127.0.0.1:5432/tiers.");
  try {
    return await openPostgres(url, collector);
  } catch (error) {
    // The address may hold a password.
    return fail(`The PostgreSQL of DATABASE_URL cannot be reached: ${(error as Error).message}`);
  }
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        seed: { type: "string", default: "1" },
        "no-load": { type: "boolean", default: false },
        scenario: { type: "string" },
        /** Ends the server after the scenario. */
        exit: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return fail((error as Error).message.split("\n")[0]!);
  }
}

function readScenario(text: string | undefined): ScenarioName | undefined {
  if (text === undefined)
    return flags.exit ? fail("--exit ends the server after a scenario. Add --scenario.") : text;
  const found = scenarioNames.find((name) => name === text);
  return found ?? fail(`--scenario must be one of ${scenarioNames.join(", ")}: "${text}".`);
}

/** Whole numbers only: `PORT=auto` should not open a random port. */
function readInteger(name: string, text: string, most: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  return fail(`${name} must be a whole number up to ${most}: "${text}".`);
}

function fail(message: string): never {
  console.error(`[tiers] ${message}`);
  process.exit(1);
}
