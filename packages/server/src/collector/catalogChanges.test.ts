import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Collector, CollectorOptions } from "./collector.ts";
import { createCollector } from "./createCollector.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";

const buy = { help: "Bought.", labels: { kind: ["x", "y"] } };
const before = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { buy, go: { help: "Went." } },
  conversions: { paid: { help: "Paid.", from: "server", value: { money: ["USD"] } } },
});

let folder: string;
let running: Collector<Catalog> | undefined;
let batches = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-changes-"));
});
afterEach(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Stops the collector and starts the next one on the same journal, as a deployment does. */
async function deploy(catalog: Catalog, options: Partial<CollectorOptions<Catalog>> = {}): Promise<void> {
  await running?.stop();
  const journal = await openSqliteJournal({ path: join(folder, "journal") });
  running = createCollector({ catalog, journal, runtimeMetrics: false, ...options });
}

async function collect(...events: readonly object[]): Promise<void> {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  const body = JSON.stringify({ v: 1, id, seq: 0, session: "f".repeat(32), sentAt: 1, events });
  const answer = await running!.app.request("/collect", {
    method: "POST",
    body,
    headers: { origin: "http://shop.example", host: "shop.example" },
  });
  expect(await answer.json()).toMatchObject({ accepted: events.length });
}

/** The counters that are not 0, of names of the catalog and of pages. */
async function counted(): Promise<Record<string, number>> {
  const response = await running!.app.request("/metrics");
  const lines = (await response.text()).matchAll(
    /^((?:rum_(?:actions|clicks|page_views|series_ended)|conversions|revenue)\S*) (.+)$/gm,
  );
  return Object.fromEntries(
    [...lines].flatMap(([, series, value]) => (value === "0" ? [] : [[series, Number(value)]])),
  );
}

const bought = { type: "action", name: "buy", route: "/", details: { kind: "x" } };
const went = { type: "action", name: "go", route: "/" };

describe("a deployment with another catalog, and the way back", () => {
  test.each<[change: string, catalog: Catalog]>([
    ["a value less", { ...before, actions: { ...before.actions, buy: { ...buy, labels: { kind: ["y"] } } } }],
    [
      "a label more",
      { ...before, actions: { ...before.actions, buy: { ...buy, labels: { ...buy.labels, size: ["s"] } } } },
    ],
    ["nothing at all", { app: "shop", routes: [] }],
  ])("%s: the catalog that is put right finds everything again", async (_change, catalog) => {
    await deploy(before);
    await collect(bought, bought, went, { type: "page_view", route: "/" });
    await running!.trackConversion("paid", { id: "o1", value: 39.98, currency: "USD" });
    const first = await counted();
    expect(first['rum_actions_total{action="buy",kind="x"}']).toBe(2);
    expect(first['revenue_total{conversion="paid",currency="USD"}']).toBe(39.98);
    await deploy(catalog);
    const changed = Object.keys(await counted());
    expect(changed.filter((series) => /(action|conversion|currency)="__other__"/.test(series))).toEqual([]);
    await deploy(before);
    expect(await counted()).toEqual(first);
  });

  test("an action that gains a label keeps its history under __other__, and counts on beside it", async () => {
    await deploy(before);
    await collect(bought, bought);
    const sized = { ...buy, labels: { ...buy.labels, size: ["s", "m"] } };
    await deploy({ ...before, actions: { ...before.actions, buy: sized } });
    await collect({ ...bought, details: { kind: "x", size: "s" } });
    const both = {
      'rum_actions_total{action="buy",kind="x",size="__other__"}': 2,
      'rum_actions_total{action="buy",kind="x",size="s"}': 1,
    };
    expect(await counted()).toEqual(both);
    await deploy({ ...before, actions: { ...before.actions, buy: sized } });
    expect(await counted()).toEqual(both);
  });
});

test("a series that ended is gone after a restart too, and the sum with what ended is what was counted", async () => {
  const click = (element: string) => ({ type: "click", name: element, route: "/" });
  await deploy(before, { seriesBudget: { idleMs: 1 } });
  await collect(click("first"), click("first"));
  await collect(click("second"));
  const ended = 'rum_series_ended_value_total{metric="rum_clicks_total"}';
  await expect.poll(async () => (await counted())[ended]).toBe(3);
  const all = await counted();
  expect(Object.keys(all).filter((series) => series.startsWith("rum_clicks_total"))).toEqual([]);
  await deploy(before);
  await collect(click("first"));
  expect(await counted()).toEqual({
    ...all,
    'rum_clicks_total{element="first"}': 1,
  });
});
