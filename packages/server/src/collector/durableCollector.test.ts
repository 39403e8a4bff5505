import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CollectAnswer, defineCatalog } from "@rumkit/protocol";
import { Gauge, Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "./createCollector.ts";
import { type Journal, JournalError } from "../journal/journal.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["EUR"] } } },
  measurements: { search: { help: "Search.", unit: "seconds", buckets: [0.1, 1] } },
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-durable-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function start(journal?: Journal) {
  const opened = journal ?? (await openSqliteJournal({ path: join(folder, "metrics.journal") }));
  return createCollector({ catalog, journal: opened, runtimeMetrics: false, environment: "development" });
}

const batch = JSON.stringify({
  v: 1,
  id: "a".repeat(32),
  seq: 0,
  session: "f".repeat(32),
  sentAt: 1,
  events: [
    { type: "page_view", route: "/" },
    { type: "measurement", name: "search", value: 0.5 },
  ],
});

async function post(app: Awaited<ReturnType<typeof start>>["app"], body = batch, more: object = {}) {
  const headers = { origin: "http://shop.example", host: "shop.example", ...more };
  const response = await app.request("/collect", { method: "POST", body, headers });
  return { response, answer: (await response.json()) as CollectAnswer };
}

const VIEWS = 'rum_page_views_total{route="/",navigation="hard",experience="unknown"}';

test("a batch is acknowledged with 200, counted over a restart, and counted once", async () => {
  const first = await start();
  expect((await post(first.app)).response.status).toBe(200);
  await first.stop();

  const second = await start();
  const before = await scrape(second.app);
  expect(before.get(VIEWS)).toBe(1);
  expect(before.get("rum_search_seconds_count")).toBe(1);
  expect(before.get("rum_search_seconds_sum")).toBe(0.5);
  expect((await post(second.app)).answer).toEqual({ accepted: 2, duplicate: true });
  const after = await scrape(second.app);
  expect(after.get(VIEWS)).toBe(1);
  // The collector's counters of its work begin anew.
  expect(after.get("rum_batches_accepted_total")).toBe(0);
  expect(after.get("rum_batches_duplicate_total")).toBe(1);
  await second.stop();
});

test("an order is revenue once, whatever restarts between", async () => {
  const order = { id: "order-1", value: 19.99, currency: "EUR" } as const;
  const first = await start();
  expect(await first.trackConversion("purchase", order)).toBe("counted");
  await first.stop();
  const second = await start();
  expect(await second.trackConversion("purchase", order)).toBe("duplicate");
  expect((await scrape(second.app)).get('revenue_total{conversion="purchase",currency="EUR"}')).toBe(19.99);
  await second.stop();
});

test("an Idempotency-Key stands for the batch, with or without quotation marks, within its session", async () => {
  const { app, stop } = await start(createMemoryJournal());
  const send = async (key: string, change: object = {}) =>
    post(app, JSON.stringify({ ...JSON.parse(batch), ...change }), { "idempotency-key": key });
  expect((await send('"k-1"')).answer).toEqual({ accepted: 2 });
  expect((await send("k-1")).answer).toEqual({ accepted: 2, duplicate: true });
  expect((await send("k-1", { seq: 1 })).response.status).toBe(409);
  expect((await send("k-1", { session: "e".repeat(32) })).answer).toEqual({ accepted: 2 });
  // The id of the body is free: nothing was counted under it.
  expect((await post(app)).answer).toEqual({ accepted: 2 });
  expect((await send('"open')).response.status).toBe(400);
  await stop();
});

test("it says how the journal does", async () => {
  const { app, stop } = await start();
  await post(app);
  const read = await scrape(app);
  expect(read.get("rum_journal_commit_seconds_count")).toBe(1);
  expect(read.get("rum_journal_pending_entries")).toBe(0);
  expect(read.get("rum_journal_failing")).toBe(0);
  expect(read.get("rum_journal_bytes")).toBeGreaterThan(0);
  expect(read.get("rum_journal_disk_free_bytes")).toBeGreaterThan(0);
  await stop();
});

test("a journal of another app is refused, and nothing of it is counted", async () => {
  const first = await start();
  await post(first.app);
  await first.stop();
  const path = join(folder, "metrics.journal");
  await expect(openSqliteJournal({ path, app: "bulletproof" })).rejects.toThrow(
    /metrics\.journal is the journal of the app "shop", and this collector counts "bulletproof"/,
  );
  // Opened without a name, it is the collector that says whose it is.
  const journal = await openSqliteJournal({ path });
  const other = { ...catalog, app: "bulletproof" };
  expect(() => createCollector({ catalog: other, journal, runtimeMetrics: false })).toThrow(
    /"shop".*"bulletproof"/,
  );
  await journal.close();
  const again = await start();
  expect((await scrape(again.app)).get(VIEWS)).toBe(1);
  await again.stop();
});

describe.each([
  ["in memory", async () => createMemoryJournal()],
  ["on disk", () => openSqliteJournal({ path: join(folder, "metrics.journal") })],
])("a journal %s", (_title, open) => {
  const options = { catalog, runtimeMetrics: false } as const;

  test("of two collectors is refused by the second, and the first goes on", async () => {
    const journal = await open();
    const { app, stop } = createCollector({ ...options, journal });
    expect(() => createCollector({ ...options, journal })).toThrow(
      expect.objectContaining({ code: "locked", message: expect.stringContaining("Another collector has") }),
    );
    await post(app);
    expect((await scrape(app)).get(VIEWS)).toBe(1);
    await stop();
  });

  test("that is closed, by a collector or by the app, is refused", async () => {
    const closed = expect.objectContaining({
      code: "closed",
      message: expect.stringContaining("The journal is closed"),
    });
    const journal = await open();
    await createCollector({ ...options, journal }).stop();
    expect(() => createCollector({ ...options, journal })).toThrow(closed);
    const unused = await open();
    await unused.close();
    expect(() => createCollector({ ...options, journal: unused })).toThrow(closed);
  });

  test("of a collector that could not start can be given to the next", async () => {
    const journal = await open();
    const registry = new Registry();
    registry.registerMetric(new Gauge({ name: "rum_ready", help: "Own.", registers: [] }));
    expect(() => createCollector({ ...options, journal, registry })).toThrow("rum_ready");
    await createCollector({ ...options, journal }).stop();
  });
});

test("a journal that is deleted under a running collector shows in /readyz, in a metric and in the log", async () => {
  const lines: object[] = [];
  const line = (fields: object): void => void lines.push(fields);
  const log = { info: line, warn: line, error: line };
  const journal = await openSqliteJournal({ path: join(folder, "metrics.journal") });
  const { app, stop } = createCollector({
    catalog,
    journal,
    log,
    runtimeMetrics: false,
    environment: "development",
  });
  await post(app);
  rmSync(join(folder, "metrics.journal"));
  await expect.poll(async () => (await app.request("/readyz")).status).toBe(503);
  const ready = (await (await app.request("/readyz")).json()) as object;
  expect(ready).toMatchObject({ checks: { journal: { ok: false, failing: "missing" } } });
  const read = await scrape(app);
  expect(read.get("rum_journal_failing")).toBe(1);
  expect(read.get('rum_journal_errors_total{reason="missing"}')).toBeGreaterThan(0);
  // Without a request that would notice it.
  expect(lines).toContainEqual(expect.objectContaining({ kind: "journal_failing", code: "missing" }));
  expect((await post(app, batch.replace("a".repeat(32), "b".repeat(32)))).response.status).toBe(503);
  await stop();
});

test("while the journal fails it answers 503 with Retry-After, counts nothing, and says why it is not ready", async () => {
  const failing = new JournalError("disk_full", "The disk is full.");
  const journal: Journal = {
    ...createMemoryJournal(),
    append: async () => {
      throw failing;
    },
    state: () => ({
      pendingEntries: 0,
      waitingMs: 0,
      bytes: 0,
      logBytes: 0,
      freeBytes: 0,
      commits: 0,
      lastCommitMs: 0,
      failing,
    }),
  };
  const { app, stop } = await start(journal);
  const { response } = await post(app);
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("2");
  expect((await scrape(app)).get(VIEWS) ?? 0).toBe(0);
  const ready = await app.request("/readyz");
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({
    status: "not_ready",
    checks: { journal: { ok: false, failing: "disk_full" }, disk: { ok: false, freeBytes: 0 } },
  });
  await stop();
});
