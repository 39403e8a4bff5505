import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { serve } from "@hono/node-server";
import { createCollector, openSqliteJournal } from "@rumkit/server";
import { Hono } from "hono";
import { createBackend } from "./backend.ts";
import { catalog } from "./catalog.ts";
import { createCounts } from "./counts.ts";
import { createLedger } from "./load/ledger.ts";
import type { Ask } from "./load/licenseClient.ts";
import { openPage, type Site } from "./load/openPage.ts";
import { createTraffic } from "./load/traffic.ts";
import { createPage } from "./page.ts";
import { openPools } from "./pools.ts";
import { type Deployment, releases } from "./release.ts";
import { NotSeen } from "./stories/telling.ts";
import { stories, type StoryName, storyNames } from "./stories/stories.ts";

/** The time for open requests after SIGTERM. */
const GRACE_MS = 2_000;

/** After it the process ends whatever is open. */
const SHUTDOWN_MS = 4_500;

const flags = readFlags();
const port = readInteger("PORT", process.env["PORT"] ?? "4000", 65_535);
const seed = readInteger("--seed", flags.seed, 999_999_999);
const story = flags.story === undefined ? undefined : storyNames.find((name) => name === flags.story);
if (flags.story !== undefined && !story)
  fail(`--story must be one of ${storyNames.join(", ")}: "${flags.story}".`);
if (flags.exit && !story) fail("--exit ends the server after a story. Add --story.");
const hostname = process.env["HOST"] ?? "127.0.0.1";
const grafana = readUrl("GRAFANA_URL", process.env["GRAFANA_URL"] ?? "http://127.0.0.1:3000");

const { journal, pools } = await openData(flags.data);
const deployment: Deployment = { current: releases.first };
const collector = createCollector({
  catalog,
  release: releases.first.name,
  // As of deploy/prometheus.yml.
  scrapeIntervalMs: 10_000,
  // The visitors of stories are simulated, and a browser that a test drives says that it is one.
  bots: "count",
  alerts: { links: { live: `http://${hostname}:${port}/realtime`, grafana } },
  ...(journal && { journal }),
});
await createCounts(collector, pools).catchUp();

const closing = new AbortController();
const app = new Hono();
app.route("/", collector.app);
// A connection that is kept alive would bring requests that nothing counts any more: they are not begun.
app.use(async (c, next) => {
  if (!closing.signal.aborted) return await next();
  return c.json({ error: "The license server stops. Try again." }, 503, { connection: "close" });
});
app.route("/", createBackend({ collector, pools, deployment }));
app.route("/", createPage(deployment, grafana));

for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void shutDown(0));
const server = serve({ fetch: app.fetch, port, hostname }, ({ port: boundPort }) => {
  const origin = `http://${hostname}:${boundPort}`;
  const ask: Ask = (path, init) => fetch(origin + path, { ...init, signal: closing.signal });
  console.log(`Page        ${origin}/`);
  console.log(`Live page   ${origin}/realtime`);
  console.log(`Metrics     ${origin}/metrics`);
  console.log(`Load        ${describeLoad()}`);
  if (story) void tell({ ask, origin }, story);
  else if (!flags["no-load"]) void simulate({ ask, origin });
});
const detach = collector.attachWebSocket(server);
server.on("error", (error: NodeJS.ErrnoException) =>
  fail(error.code === "EADDRINUSE" ? `Port ${port} is in use. Choose another with PORT.` : error.message),
);

function describeLoad(): string {
  if (story) return `that of the story: ${story}`;
  return flags["no-load"] ? "none, only you" : `simulated, two borrows per second, seed ${seed}`;
}

/** An ordinary day, until the server ends. A request that fails does not end it. */
async function simulate(site: Site): Promise<void> {
  const traffic = createTraffic({ ask: site.ask, ledger: createLedger(), seed });
  for (let second = 0; !closing.signal.aborted; second++) {
    await traffic.play(1).catch(() => {});
    if (second % 5 === 0) await openPage(site, deployment.current).catch(() => {});
    await pause(1_000).catch(() => {});
  }
}

/** Plays a story. The server then goes on, unless `--exit` ends it, or the story has failed. */
async function tell(site: Site, name: StoryName): Promise<void> {
  try {
    console.log("");
    const say = (line: string): void => console.log(`Story  ${line}`);
    await stories[name]({ ...site, deployment, say, pause, seed });
    if (flags.exit) return void shutDown(0);
    console.log("\nThe story has ended. The server goes on; Ctrl-C ends it.");
  } catch (error) {
    if (closing.signal.aborted) return;
    console.error(`[licenses] ${error instanceof NotSeen ? error.message : describe(error)}`);
    void shutDown(1);
  }
}

function pause(milliseconds: number): Promise<unknown> {
  return wait(milliseconds, undefined, { signal: closing.signal });
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
  await closed;
  pools.close();
  process.exit(code);
}

/** The journal and the licenses of a folder. Without one, both are in memory, and a restart begins anew. */
async function openData(folder: string | undefined) {
  if (folder === undefined) return { journal: undefined, pools: openPools() };
  try {
    mkdirSync(folder, { recursive: true });
    // First the journal: it refuses a folder that another process has open.
    const opened = await openSqliteJournal({ path: join(folder, "rumkit.journal"), app: catalog.app });
    return { journal: opened, pools: openPools(join(folder, "licenses.sqlite")) };
  } catch (error) {
    return fail(describe(error));
  }
}

function readFlags() {
  try {
    return parseArgs({
      options: {
        "no-load": { type: "boolean", default: false },
        seed: { type: "string", default: "1" },
        story: { type: "string" },
        /** Ends the server after the story. */
        exit: { type: "boolean", default: false },
        /** A folder that keeps counters and licenses over a restart. Default: none, both are in memory. */
        data: { type: "string" },
      },
    }).values;
  } catch (error) {
    return fail(describe(error));
  }
}

/** Whole numbers only: `PORT=auto` should not open a random port. */
function readInteger(name: string, text: string, most: number): number {
  if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
  return fail(`${name} must be a whole number up to ${most}: "${text}".`);
}

function readUrl(name: string, text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  return fail(`${name} must be an address such as http://127.0.0.1:3000: "${text}".`);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fail(message: string): never {
  console.error(`[licenses] ${message}`);
  process.exit(1);
}
