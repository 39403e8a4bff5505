/**
 * Pages that end while the collector restarts: with a socket that outlives it, each of their last beacons is
 * counted; without one, none is. A real Chromium, the built command, and a gap as long as the pages need. And what a real Prometheus
 * makes of a restart with a journal.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { describeMetrics } from "@rumkit/server";
import { renderRules } from "rumkit/generate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectSoon } from "../support/expectSoon.ts";
import { type Scrape, scrape } from "../support/scrape.ts";
import { type ServeProcess, startServe } from "../support/serveProcess.ts";
import { launchShell } from "../support/chromium.ts";
import { freePort } from "../support/freePort.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { startPrometheus } from "../support/prometheus.ts";
import { close, watch } from "../support/visits.ts";

const PAGES = 15;

const CLI = [join(import.meta.dirname, "../../packages/cli/dist/bin/rumkit.js")];

const catalog = defineCatalog({ app: "restart", routes: ["/"], actions: { step: { help: "Steps." } } });

/** Without the sources that would send on their own, and without what keeps batches for another visit. */
const ACTIONS_ONLY = `
  import { createMetricsWith } from "@rumkit/browser";
  globalThis.metrics = createMetricsWith([], { url: new URLSearchParams(location.search).get("collector") });`;

let folder: string;
let browser: Browser;
let pageServer: PageServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-restart-"));
  await writeFile(join(folder, "catalog.mjs"), `export const catalog = ${JSON.stringify(catalog)};`);
  browser = await launchShell();
  pageServer = await startPageServer(catalog, ACTIONS_ONLY);
});
afterAll(async () => {
  await browser.close();
  await pageServer.stop();
  await rm(folder, { recursive: true });
});

const running: ServeProcess[] = [];
afterAll(() => Promise.all(running.map(({ end }) => end("SIGKILL"))));

async function start(port: number, ...args: string[]): Promise<ServeProcess> {
  const started = await startServe({
    folder,
    cli: CLI,
    args: [
      "catalog.mjs",
      "--port",
      String(port),
      "--allowed-origins",
      pageServer.origin,
      "--journal",
      "memory",
      // A Chromium without a window says so, and is taken for a crawler.
      "--bots",
      "count",
      ...args,
    ],
  });
  running.push(started);
  return started;
}

const totals = (origin: string): Promise<Scrape> => scrape({ request: (path) => fetch(`${origin}${path}`) });

const steps = async (origin: string) => (await totals(origin)).get('rum_actions_total{action="step"}');

/** A page that has reported a step to the collector. */
async function open(origin: string): Promise<Page> {
  const page = await (await watch(await browser.newContext())).newPage();
  await page.goto(`${pageServer.origin}/?collector=${encodeURIComponent(`${origin}/collect`)}`);
  await page.evaluate('metrics.trackAction("step"), metrics.flush()');
  return page;
}

/** Pages that have reported once, so that they have a connection, and have one more step to report. */
async function openPages(origin: string): Promise<Page[]> {
  const pages = await Promise.all(Array.from({ length: PAGES }, () => open(origin)));
  await expectSoon(() => steps(origin)).toBe(PAGES);
  await Promise.all(pages.map((page) => page.evaluate('void metrics.trackAction("step")')));
  return pages;
}

// The tests run beside each other: all wait for processes most of the time.
test.concurrent(`with a supervisor ${PAGES} of ${PAGES} are counted`, async () => {
  const port = await freePort();
  const { child, origin, output, says, end } = await start(port, "--supervise");
  const [, worker] = await says(/Worker (\d+) is ready/);
  const pages = await openPages(origin);
  const since = output().length;
  // Stopped, so that it starts no other worker before the last page has left.
  child.kill("SIGSTOP");
  process.kill(Number(worker), "SIGKILL");
  await Promise.all(pages.map(close));
  expect(output().slice(since), "while pages were closed").toBe("");
  child.kill("SIGCONT");
  await says(/Worker \d+ is ready/, since);
  await expectSoon(() => steps(origin)).toBe(PAGES);
  // One that comes after all others: what had been held back or repeated would be here, too.
  await open(origin);
  await expectSoon(() => steps(origin)).toBe(PAGES + 1);
  expect(await end()).toBe(0);
});

test.concurrent(`without one 0 of ${PAGES} are, which shows that the second matters`, async () => {
  const port = await freePort();
  const { origin, end } = await start(port);
  const pages = await openPages(origin);
  await end("SIGKILL");
  await Promise.all(pages.map(close));
  await start(port);
  await open(origin);
  await expectSoon(() => steps(origin)).toBe(1);
});

/** The batch of a page that counted so many steps, and got so many names wrong. */
function batchOf(count: number, unknown: number): string {
  const events = [
    { type: "action", name: "step", count },
    ...Array.from({ length: unknown }, () => ({ type: "action", name: "setp" })),
  ];
  return JSON.stringify({
    v: 1,
    id: randomBytes(16).toString("hex"),
    session: randomBytes(16).toString("hex"),
    sentAt: Date.now(),
    events: count > 0 ? events : events.slice(1),
  });
}

test.concurrent("a restart with a journal looks to Prometheus like nothing but a restart", async () => {
  const port = await freePort();
  const journal = ["--journal", join(folder, "steps.journal")];
  const first = await start(port, ...journal);
  const post = (body: string) =>
    fetch(`${first.origin}/collect`, { method: "POST", body, headers: { origin: pageServer.origin } });
  // Every outcome that shares a family with another: counted, sent again, refused in part and as a whole.
  for (let round = 0; round < 40; round += 1) {
    const batch = batchOf(20, 5);
    for (const body of [batch, batch, batchOf(0, 5)]) await post(body);
  }
  const rules = join(folder, "rules.yaml");
  await writeFile(rules, renderRules(describeMetrics(catalog), { ...catalog, scrapeJobs: ["shop"] }));
  // What a scraper is shown as 0 at first is an increase, and one that happened: it is not what is asked here.
  const asScraper = { headers: { "x-prometheus-scrape-timeout-seconds": "1" } };
  const shown = async () => (await fetch(`${first.origin}/metrics`, asScraper)).text();
  await expectSoon(shown).toContain(`rum_events_received_total ${40 * 55}\n`);
  const prometheus = await startPrometheus(first.origin, [rules]);
  const valueOf = async (query: string) => (await prometheus.query(query))[0]?.value;
  await expectSoon(() => valueOf("rum_events_received_total")).toBe(40 * 55);
  expect(await first.end()).toBe(0);
  await start(port, ...journal);
  await post(batchOf(20, 0));
  await expectSoon(() => valueOf("rum_events_received_total")).toBe(20);
  await expectSoon(() => valueOf('rum_actions_total{action="step"}')).toBe(820);
  // Prometheus extrapolates an increase; one that took the restart for news would be in the thousands.
  expect(await valueOf("increase(rum_events_received_total[10m])")).toBeLessThan(60);
  expect(await valueOf("sum(increase(rum_events_rejected_total[10m]))")).toBe(0);
  expect(await prometheus.query('ALERTS{alertname="RestartEventsRejected"}')).toEqual([]);
  await prometheus.stop();
});
