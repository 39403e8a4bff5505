import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type ServerType, serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { createRouteMatcher, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { createCollector, openSqliteJournal } from "@rumkit/server";
import { createMetricsClient } from "@rumkit/client";
import { Hono } from "hono";
import { createShop } from "./backend.ts";
import { catalog } from "./catalog.ts";
import { openPostgresDatabase } from "./postgresDatabase.ts";
import { createReceipts, liveOnWithoutReceipts } from "./receipts.ts";
import { type Deployment, RELEASE, releases } from "./release.ts";
import { createRollback } from "./rollback.ts";
import { createSplitView } from "./splitView.ts";
import { playStory } from "./story/story.ts";
import { createVisitors } from "./visitors/createVisitors.ts";

/** The output folder of `vite build`. */
const DIST = `${import.meta.dirname}/dist`;

/** The time for open requests after SIGTERM: more than the slowest endpoint, `/api/slow`. */
const GRACE_MS = 2_000;

/** After it the process ends whatever is open: well within the 10 s that Docker waits before SIGKILL. */
const SHUTDOWN_MS = 4_500;

/** Milliseconds of normal traffic before the story: as long as a newcomer looks around, or enough for a comparison. */
const STORY_AFTER_MS = { byItself: 120_000, onDemand: 20_000 };

const { values: flags } = parseArgs({
  options: {
    "no-visitors": { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    story: { type: "boolean", default: false },
    "no-story": { type: "boolean", default: false },
    /** A file that keeps the counters when the process ends. Default: none. */
    journal: { type: "string" },
  },
});
const port = readInteger("PORT", process.env["PORT"] ?? "4000");
const seed = readInteger("--seed", flags.seed);
if (flags.story && (flags["no-visitors"] || flags["no-story"]))
  fail("--story needs the simulated visitors and the story. Leave out --no-visitors and --no-story.");
const hostname = process.env["HOST"] ?? "127.0.0.1";

if (!existsSync(`${DIST}/index.html`)) fail("dist/index.html is missing. Run `vite build` first.");

const deployment: Deployment = { current: releases.first };
const { alerts, hook } = createRollback(deployment, hostname, port);

// The printer of invoices is another service: it reports through the collector's door for services.
const printerToken = randomBytes(16).toString("hex");
const collector = createCollector({
  // As of deploy/prometheus.yml.
  scrapeIntervalMs: 10_000,
  catalog,
  alerts,
  release: RELEASE,
  ingestTokens: [printerToken],
  // The visitors are simulated, and a browser that a test drives says that it is one.
  bots: "count",
  ...(flags.journal !== undefined && { journal: await openSqliteJournal({ path: flags.journal }) }),
});
const printer = createMetricsClient({ url: `http://${hostname}:${port}`, token: printerToken });
liveOnWithoutReceipts((error) => fail(error.stack ?? String(error)));
const matchRoute = createRouteMatcher(catalog.routes);
const page = serveStatic({ root: DIST, path: "index.html" });

// Without a PostgreSQL, orders are kept in memory.
const databaseUrl = process.env["DATABASE_URL"];
const database =
  databaseUrl === undefined
    ? undefined
    : await openPostgresDatabase(
        { url: databaseUrl, passwordFile: process.env["DATABASE_PASSWORD_FILE"] },
        collector,
      );

const app = new Hono();
const shop = createShop({
  collector,
  ...(database && { database }),
  deployment,
  onPrinted: () => printer.increment("printer.pages"),
  sendReceipt: createReceipts(),
});
// It changes what the collector answers, so it is before it.
app.route("/", createSplitView());
// Before the shop, whose catch-all for /api/* would answer /api/rumkit/* in its place.
app.route("/", collector.app);
app.route("/", shop);
app.route("/", hook);
app.use(serveStatic({ root: DIST }));
// The client's routes are the catalog's: every other path stays a 404.
app.use((c, next) => (matchRoute(c.req.path) === UNMATCHED_ROUTE ? next() : page(c, next)));

const server = serve({ fetch: app.fetch, port, hostname }, ({ port: boundPort }) => {
  const origin = `http://${hostname}:${boundPort}`;
  const visitors = flags["no-visitors"] ? undefined : createVisitors({ origin, seed, deployment });
  // Before the first line: its reader may send a signal at once.
  const closing = new AbortController();
  if (visitors && !flags["no-story"]) void tell(closing.signal);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      closing.abort();
      void shutDown(visitors?.stop());
    });
  }
  console.log(`Shop        ${origin}/`);
  console.log(`Live page   ${origin}/realtime`);
  console.log(`Metrics     ${origin}/metrics`);
  console.log(`Visitors    ${visitors ? `simulated, seed ${seed}` : "none, only you"}`);
  console.log(
    `\nOpen ${origin}/demo: the shop beside the live page. Click around: it appears within five seconds.`,
  );
});
server.on("error", (error: Error) => fail(error.message));

/** Plays the story of a bad release once. */
async function tell(signal: AbortSignal): Promise<void> {
  const pause = (milliseconds: number): Promise<void> => wait(milliseconds, undefined, { signal });
  try {
    await pause(flags.story ? STORY_AFTER_MS.onDemand : STORY_AFTER_MS.byItself);
    console.log("");
    const say = (line: string): void => console.log(`Story  ${line}`);
    await playStory({ deployment, pause, say, ask: async (path, body) => collector.app.request(path, body) });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Lets open requests finish and be counted, ends the live streams, then the process. */
async function shutDown(visitorsLeft: Promise<void> | undefined): Promise<void> {
  setTimeout(() => process.exit(0), SHUTDOWN_MS).unref();
  collector.drain();
  await visitorsLeft;
  await printer.close();
  const closed = close(server);
  // A live stream ends with the collector only, so waiting for it to close would wait for ever.
  await Promise.race([closed, wait(GRACE_MS)]);
  await collector.stop();
  await closed;
  await database?.close();
  process.exit(0);
}

function close(closing: ServerType): Promise<void> {
  return new Promise((resolve) => void closing.close(() => resolve()));
}

/** Whole numbers only: `PORT=auto` should not open a random port. */
function readInteger(name: string, text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : fail(`${name} must be a whole number: "${text}".`);
}

function fail(message: string): never {
  console.error(`[shop] ${message}`);
  process.exit(1);
}
