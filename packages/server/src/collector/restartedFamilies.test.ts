/**
 * A restart with the same journal, after every family has moved in every way that it can: each is either exactly what
 * it was, or begins at 0. In part would be a reset to Prometheus, which counts what is left as new.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import { Counter, Registry } from "prom-client";
import { Hono } from "hono";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseExposition, type Scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "./collector.ts";
import { createCollector } from "./createCollector.ts";
import { type Journal, JournalError } from "../journal/journal.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import { describeMetrics } from "./parts.ts";
import { isKept, type MetricDescriptor } from "../metrics/descriptor.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { pick: { help: "Picks." }, sync: { help: "Syncs.", from: "server" } },
  conversions: {
    wish: { help: "Wishes.", value: { money: ["USD"] } },
    purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } },
  },
  measurements: {
    search: { help: "Searches.", unit: "seconds", buckets: [1] },
    pack: { help: "Packing.", unit: "seconds", buckets: [1], from: "server" },
  },
  features: { filter: { help: "Filters." } },
  funnels: { checkout: ["page_view:/", "action:pick"] },
  endpoints: ["/api/cart"],
  jobs: { mail: { help: "Mails." } },
  ingested: { "stock.moves": { help: "Moves.", type: "counter" } },
});

/** Metrics that no request of this test can change, and the reasons. */
const UNMOVED: Readonly<Record<string, string>> = {
  rum_push_requests_total: "needs a receiver of remote write",
  rum_push_samples_total: "needs a receiver of remote write",
  rum_push_dropped_samples_total: "needs a receiver of remote write",
  rum_alert_decisions_not_kept_total: "needs a journal that refuses",
  rum_alert_notices_total: "needs a receiver of alerts",
  app_exceptions_total: "an exception that nothing caught ends the test",
  rum_batches_lost_total: "needs a session that was silent for five minutes",
  rum_connections_cut_total: "needs a server with its sockets; limitConnections.test.ts has one",
  rum_journal_errors_total: "needs a disk that fails",
  rum_live_frames_skipped_total: "needs a viewer that is slower than its socket's buffers",
  rum_stacks_resolved_total: "needs source maps",
  rum_worker_samples_refused_total: "needs a worker with another catalog",
  rum_series_folded_total: "needs 2,000 label values",
  rum_series_ended_value_total: "needs a day without a sample; catalogChanges.test.ts restarts with it",
};

const SECRET = "a-secret-of-a-service-0123456789";
const SHOP = "https://shop.example";
const BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

let folder: string;
/** Milliseconds that the journal says its oldest entry has waited: what the collector sheds by. */
let waitingMs: number;
let failing: boolean;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-families-"));
  waitingMs = 0;
  failing = false;
});
afterEach(() => rmSync(folder, { recursive: true }));

type Shop = Collector<typeof catalog>;

async function openJournal(): Promise<Journal> {
  const journal = await openSqliteJournal({ path: join(folder, "journal") });
  return {
    ...journal,
    state: () => ({ ...journal.state!(), waitingMs }),
    append: (entry) =>
      failing ? Promise.reject(new JournalError("disk_full", "Full.")) : journal.append(entry),
  };
}

async function start(registry = new Registry()): Promise<Shop> {
  return createCollector({
    catalog,
    registry,
    journal: await openJournal(),
    runtimeMetrics: false,
    environment: "production",
    allowedOrigins: [SHOP],
    ingestTokens: [SECRET],
    rateLimits: { perAddress: false },
  });
}

let ids = 0;
function batch(events: readonly object[], change: object = {}): string {
  ids += 1;
  const id = ids.toString(16).padStart(32, "0");
  return JSON.stringify({ v: 1, id, seq: ids * 2, session: "f".repeat(32), sentAt: 1, events, ...change });
}

const PAGE_EVENTS = [
  { type: "session_start", route: "/" },
  { type: "page_view", route: "/" },
  { type: "visible", value: 3 },
  ...["click", "rage_click", "dead_click", "error_click", "form_start", "form_submit", "form_abandon"].map(
    (type) => ({ type, name: "buy" }),
  ),
  { type: "action", name: "pick" },
  { type: "feature", name: "filter" },
  { type: "funnel_step", name: "checkout", step: 1 },
  { type: "conversion", name: "wish", amount: 199, currency: "USD" },
  { type: "conversion", name: "wish" },
  { type: "measurement", name: "search", value: 0.5 },
  ...["LCP", "INP", "CLS", "FCP", "TTFB"].map((type) => ({ type, value: 0.1 })),
  { type: "error", source: "uncaught", name: "TypeError" },
  { type: "error", source: "rejection", name: "Error" },
  { type: "error", source: "network", name: "Error" },
  { type: "error", source: "extension", name: "Error" },
  { type: "resource_error", name: "img" },
  { type: "api_call", name: "/api/cart", value: 0.2, method: "GET", status: 500 },
  { type: "page_load", dns: 0.1, complete: 1, bytes: 5000 },
  { type: "long_task", value: 0.1 },
  { type: "heap", value: 1e6 },
];

/** Sends to an app, and is done when it was answered. */
async function send(
  app: Hono,
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<void> {
  const response = await app.request(path, { method: "POST", body, headers: { origin: SHOP, ...headers } });
  await response.text();
}

/** Every outcome that a batch, a report and a request of a service can have. */
async function moveRoutes(collector: Shop): Promise<void> {
  const { app } = collector;
  const good = batch(PAGE_EVENTS, { dropped: { queue_full: 2 } });
  const mixed = [{ type: "page_view", route: "/" }, { type: "no_such_type" }];
  const collect = (body: string, headers = {}): Promise<void> => send(app, "/collect", body, headers);
  for (const body of [good, good, batch(mixed), batch([{ type: "no_such_type" }]), "{"]) await collect(body);
  await collect(batch(mixed, { id: (JSON.parse(good) as { id: string }).id }));
  await collect(batch(mixed), { "user-agent": BOT });
  await collect(batch(mixed), { origin: "https://evil.example" });
  const report = { age: 0, type: "deprecation", user_agent: "x", url: `${SHOP}/`, body: { id: "old" } };
  const reports = (list: readonly unknown[]): Promise<void> =>
    send(app, "/reports", JSON.stringify(list), { "content-type": "application/reports+json" });
  await reports([report, 7]);
  await reports([7]);
  const items = [
    { name: "stock.moves", value: 1 },
    { name: "own.value", value: 3 },
    { name: "", value: 1 },
  ];
  const ingest = (body: object, secret = SECRET, key = "k-1"): Promise<void> =>
    send(app, "/ingest", JSON.stringify(body), {
      authorization: `Bearer ${secret}`,
      "idempotency-key": key,
      "content-type": "application/json",
    });
  const sent = { items, dropped: { queue_full: 1 } };
  await ingest(sent);
  await ingest(sent);
  await ingest({ items: items.slice(0, 1) });
  await ingest(sent, "wrong");
  waitingMs = 500;
  await expect.poll(async () => (await scrapeAll(collector)).get("rum_overload_level")).toBe(1);
  await collect(batch([...mixed, { type: "click", name: "x" }]));
  waitingMs = 0;
  failing = true;
  await collect(batch(mixed));
  await reports([report, 7]);
  await ingest(sent, SECRET, "k-2");
  failing = false;
}

async function moveServer(collector: Shop): Promise<void> {
  const {
    trackAction,
    trackConversion,
    trackRefund,
    measure,
    trackJob,
    instrumentCache,
    trackCache,
    trackError,
  } = collector;
  await trackAction("sync");
  await trackAction("nothing" as "sync");
  const order = { id: "order-1", value: 5, currency: "USD" } as const;
  await trackConversion("purchase", order);
  await trackConversion("purchase", order);
  await trackConversion("purchase", { id: "order-2" } as unknown as typeof order);
  await trackRefund("purchase", { ...order, id: "refund-1" });
  await trackRefund("purchase", { id: "refund-2" } as unknown as typeof order);
  await measure("pack", 0.5);
  trackJob("mail", () => {})();
  instrumentCache("names", new Map([["a", 1]])).get("a");
  trackCache("prompts").lookup({ tokens: 2, reused: 1 });
  trackError(new Error("x"));
  const words = async function* () {
    yield "one";
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield "two";
  };
  for await (const word of collector.trackStream("chat", words(), { model: "m" })) expect(word).not.toBe("");
  await collector.queryTimer("SELECT 1 FROM orders", async () => {});
  const site = new Hono();
  site.use(collector.httpMetrics());
  site.post("/orders", async (c) => c.text(await c.req.text(), 200, { "content-length": "2" }));
  await (
    await site.request("/orders", { method: "POST", body: "12", headers: { "content-length": "2" } })
  ).text();
}

async function scrapeAll({ app }: Shop): Promise<Scrape> {
  const text = await (await app.request("/metrics")).text();
  // Looking changes these; they are read as all the others here.
  return parseExposition(text.replaceAll("rum_scrape", "scrape").replaceAll("rum_series", "series"));
}

/** The series of a family, all its lines. */
function linesOf(totals: Scrape, { name, type }: MetricDescriptor): Record<string, number> {
  const shown = name.replace(/^rum_(scrape|series)/, "$1");
  const names = type === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => shown + end) : [shown];
  return Object.fromEntries(
    [...totals].filter(([series, value]) => value !== 0 && names.includes(series.split("{")[0]!)),
  );
}

const counted = describeMetrics(catalog).filter(({ type }) => type !== "gauge");

test("every family is what it was, or begins at 0", async () => {
  const registry = new Registry();
  const broken = new Counter({ name: "broken_total", help: "Broken.", registers: [registry] });
  broken.get = () => Promise.reject(new Error("broken"));
  const first = await start(registry);
  await scrapeAll(first);
  await moveRoutes(first);
  await moveServer(first);
  await scrapeAll(first);
  const before = await scrapeAll(first);
  await first.stop();
  const unmoved = counted.filter((family) => Object.keys(linesOf(before, family)).length === 0);
  expect(unmoved.map(({ name }) => name).toSorted()).toEqual(Object.keys(UNMOVED).toSorted());

  const second = await start();
  const after = await scrapeAll(second);
  await second.stop();
  const partial = counted.flatMap((family) => {
    const now = linesOf(after, family);
    const isNone = Object.keys(now).length === 0;
    // The second start has been scraped once, and its journal has opened.
    if (/^rum_scrapes?_|^rum_journal_/.test(family.name)) return [];
    const wanted = isKept(family) && !isNone ? linesOf(before, family) : {};
    return JSON.stringify(now) === JSON.stringify(wanted) ? [] : [{ family: family.name, now, wanted }];
  });
  expect(partial).toEqual([]);
});
