import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalog, CollectAnswer } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import { createCollector } from "./createCollector.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-names-"));
});
const running: Collector<Catalog>[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ stop }) => stop()));
  rmSync(folder, { recursive: true });
});

function start(options: CollectorOptions<Catalog> = {}): Collector<Catalog> {
  const collector = createCollector({ runtimeMetrics: false, ...options });
  running.push(collector);
  return collector;
}

let batches = 0;
async function post(
  { app }: Pick<Collector<Catalog>, "app">,
  events: readonly object[],
  change: object = {},
): Promise<CollectAnswer> {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  const batch = { v: 1, id, seq: 0, session: "f".repeat(32), sentAt: 1, events, ...change };
  const headers = { origin: "http://shop.example", host: "shop.example" };
  const body = JSON.stringify(batch);
  const response = await app.request("/collect", { method: "POST", body, headers });
  return (await response.json()) as CollectAnswer;
}

const action = (name: string, details: object = {}): object => ({
  type: "action",
  route: "/",
  name,
  details,
});
const names = (count: number, prefix = "a"): object[] =>
  Array.from({ length: count }, (_, index) => action(`${prefix}_${index}`));

/** The values of a label that a family has, `__other__` and all. */
async function valuesOf(app: Collector<Catalog>["app"], family: string, label: string): Promise<Set<string>> {
  const pattern = new RegExp(`^${family}\\{.*${label}="([^"]*)"`);
  return new Set([...(await scrape(app)).keys()].flatMap((series) => pattern.exec(series)?.[1] ?? []));
}

describe("a collector without a catalog", () => {
  test("counts what pages report by its name, and routes as they come", async () => {
    const collector = start();
    const before = await scrape(collector.app);
    const answer = await post(
      collector,
      [
        { type: "page_view", route: "/product/7" },
        action("add_to_cart", { productId: 7, price: 19.99 }),
        { type: "conversion", name: "cart_addition", details: { value: 1 } },
        { type: "conversion", name: "wish", amount: 1999, currency: "USD", count: 2 },
        { type: "measurement", name: "search", value: 0.25 },
        { type: "measurement", name: "search", value: 0.5, count: 2 },
        { type: "feature", name: "dark_mode" },
      ],
      { app: "whatever" },
    );
    expect(answer).toEqual({ accepted: 9 });
    expect(
      changes(
        before,
        await scrape(collector.app),
        /^rum_(page_views|actions|conver|measured|feature|events_rej)/,
      ),
    ).toEqual({
      'rum_page_views_total{route="/product/:id",navigation="hard",experience="unknown"}': 1,
      'rum_actions_total{action="add_to_cart"}': 1,
      'rum_conversions_total{conversion="cart_addition",experience="unknown"}': 1,
      'rum_conversions_total{conversion="wish",experience="unknown"}': 2,
      'rum_conversion_value_total{conversion="wish",currency="USD"}': 39.98,
      'rum_measured_values_total{measurement="search"}': 3,
      'rum_measured_sum_total{measurement="search"}': 1.25,
      'rum_feature_usage_total{feature="dark_mode"}': 1,
    });
  });

  test("counts what server code reports under names without rum_, and an order once", async () => {
    const collector = start();
    const { trackConversion, trackAction, trackRefund, measure } = collector;
    const before = await scrape(collector.app);
    expect(await trackConversion("purchase", { id: "7", value: "19.99", currency: "EUR" })).toBe("counted");
    expect(await trackConversion("purchase", { id: "7", value: "19.99", currency: "EUR" })).toBe("duplicate");
    expect(await trackConversion("purchase", { value: 1, currency: "XYZ" })).toBe("counted_without_amount");
    expect(await trackRefund("purchase", { value: 5, currency: "EUR" })).toBe("counted");
    expect(await trackAction("importDone")).toBe("counted");
    expect(await measure("queue-wait", 2)).toBe("counted");
    expect(changes(before, await scrape(collector.app), /^(conver|reven|refund|actions|measured)/)).toEqual({
      'conversions_total{conversion="purchase"}': 2,
      'revenue_total{conversion="purchase",currency="EUR"}': 19.99,
      'conversions_without_amount_total{conversion="purchase",reason="bad_currency"}': 1,
      'refunds_total{conversion="purchase",currency="EUR"}': 5,
      'conversions_refunded_total{conversion="purchase",currency="EUR"}': 1,
      'actions_total{action="import_done"}': 1,
      'measured_values_total{measurement="queue_wait"}': 1,
      'measured_sum_total{measurement="queue_wait"}': 2,
    });
  });

  test.each([
    ["addToCart", "add_to_cart"],
    ["Add to cart!", "add_to_cart"],
    ["add-to-cart", "add_to_cart"],
    ["HTTPServer", "http_server"],
    ["2fa", "n2fa"],
    ["constructor", "constructor"],
    ["__proto__", "proto"],
    ["购物车", "__other__"],
    ["x".repeat(65), "__other__"],
  ])("counts the name %s as %s", async (name, counted) => {
    const collector = start();
    await post(collector, [action(name)]);
    expect(await valuesOf(collector.app, "rum_actions_total", "action")).toEqual(new Set([counted]));
  });

  test("has money of today's currencies only; an invalid amount counts without money", async () => {
    const collector = start();
    const before = await scrape(collector.app);
    const wish = (money: object): object => ({ type: "conversion", name: "wish", details: money });
    await post(collector, [
      wish({ value: 1, currency: "XYZ" }),
      wish({ value: -1, currency: "USD" }),
      wish({ value: "19.90", currency: "USD" }),
    ]);
    expect(changes(before, await scrape(collector.app), /^rum_conversion(_value|s_without)/)).toEqual({
      'rum_conversions_without_amount_total{conversion="wish",reason="bad_currency"}': 1,
      'rum_conversions_without_amount_total{conversion="wish",reason="bad_amount"}': 1,
      'rum_conversion_value_total{conversion="wish",currency="USD"}': 19.9,
    });
  });

  test("does not learn from a batch that is only looked at", async () => {
    const collector = start();
    const body = JSON.stringify({
      v: 1,
      id: "e".repeat(32),
      seq: 0,
      session: "f".repeat(32),
      sentAt: 1,
      events: [action("looked")],
    });
    const headers = { origin: "http://shop.example", host: "shop.example" };
    const answer = await collector.app.request("/collect/validate", { method: "POST", body, headers });
    expect(await answer.json()).toMatchObject({ accepted: 1 });
    expect(await valuesOf(collector.app, "rum_actions_total", "action")).toEqual(new Set());
  });
});

describe("names that are learned", () => {
  test("are 200 of each kind; what is more is __other__, exactly, and the overflow is shown", async () => {
    const collector = start();
    for (let sent = 0; sent < 5; sent += 1) await post(collector, names(150, `b${sent}`));
    await post(collector, [{ type: "conversion", name: "signup" }, ...names(1, "b0")]);
    const counted = await scrape(collector.app);
    expect((await valuesOf(collector.app, "rum_actions_total", "action")).size).toBe(201);
    expect(counted.get('rum_actions_total{action="__other__"}')).toBe(550);
    expect(counted.get('rum_actions_total{action="b0_0"}')).toBe(2);
    expect(counted.get('rum_conversions_total{conversion="signup",experience="unknown"}')).toBe(1);
    const metrics = await (await collector.app.request("/metrics")).text();
    expect(metrics).toContain('rum_series_folded_total{metric="rum_actions_total",label="action"} 550');
    const report = await (await collector.app.request("/api/rumkit/cardinality")).json();
    const { metrics: families } = report as { metrics: { metric: string; labels: object[] }[] };
    expect(families.find(({ metric }) => metric === "rum_actions_total")?.labels).toMatchObject([
      { label: "action", values: 201, folded: 550 },
    ]);
  });

  test("are as many where a family has further labels", async () => {
    const collector = start();
    const experiences = ["good", "poor", "needs_improvement"];
    for (const experience of experiences) {
      const events = Array.from({ length: 150 }, (_, index) => {
        return { type: "conversion", name: `c_${experience}_${index}`, experience };
      });
      await post(collector, events);
    }
    expect((await valuesOf(collector.app, "rum_conversions_total", "conversion")).size).toBe(201);
    const all = [...(await scrape(collector.app))].filter(([series]) =>
      series.startsWith("rum_conversions_total"),
    );
    expect(all.reduce((sum, [, value]) => sum + value, 0)).toBe(450);
  });

  test("are as many as the catalog says, beside what it declares", async () => {
    const catalog = {
      app: "shop",
      routes: ["/"],
      learnNames: { max: 3 },
      actions: {
        add: { help: "Added.", labels: { kind: ["a", "b"] } },
        sent: { help: "S.", from: "server" },
      },
      measurements: { wait: { help: "Wait.", unit: "seconds", buckets: [1] } },
    } as const;
    const collector = start({ catalog });
    const { rejected } = await post(collector, [
      action("add", { kind: "b" }),
      action("add", { kind: "c" }),
      action("sent"),
      ...names(5),
      { type: "measurement", name: "wait", value: 2 },
    ]);
    expect(rejected?.map(({ code }) => code)).toEqual(["unknown_label_value", "server_only"]);
    const counted = await scrape(collector.app);
    expect([...counted].filter(([series]) => series.startsWith("rum_actions_total"))).toEqual([
      ['rum_actions_total{action="add",kind="a"}', 0],
      ['rum_actions_total{action="add",kind="b"}', 1],
      ['rum_actions_total{action="a_0"}', 1],
      ['rum_actions_total{action="a_1"}', 1],
      ['rum_actions_total{action="a_2"}', 1],
      ['rum_actions_total{action="__other__"}', 2],
    ]);
    expect(counted.get('rum_wait_seconds_bucket{le="+Inf"}')).toBe(1);
  });

  test("are the declared ones however they are written: with their labels, and to the server what is its own", async () => {
    const catalog = {
      app: "shop",
      routes: ["/"],
      learnNames: true,
      actions: { add_item: { help: "Added.", labels: { kind: ["a", "b"] } } },
      conversions: { paid_order: { help: "Paid.", from: "server" } },
      measurements: { first_paint: { help: "Paint.", unit: "seconds", buckets: [1] } },
    } as const;
    const collector = start({ catalog });
    for (const write of [
      (name: string) => name.replaceAll("_", "-"),
      (name: string) => name.replaceAll("_", " ").toUpperCase(),
      (name: string) => name.replace(/_(.)/, (_all, letter: string) => letter.toUpperCase()),
    ]) {
      const { rejected } = await post(collector, [
        action(write("add_item"), { kind: "b" }),
        { type: "measurement", name: write("first_paint"), value: 2 },
        { type: "conversion", name: write("paid_order"), amount: "9.99", currency: "USD" },
      ]);
      expect(rejected?.map(({ code }) => code)).toEqual(["server_only"]);
    }
    const counted = await scrape(collector.app);
    expect(counted.get('rum_actions_total{action="add_item",kind="b"}')).toBe(3);
    expect(counted.has('rum_actions_total{action="add_item"}')).toBe(false);
    expect(counted.get("rum_first_paint_seconds_count")).toBe(3);
    const series = [...counted.keys()].join("\n");
    expect(series).not.toMatch(/^rum_conversions\w*\{conversion="paid_order"|^rum_measured_\w+\{/m);
  });

  test("come back after a restart, and their number stays bounded", async () => {
    const path = join(folder, "rumkit.journal");
    const first = start({ journal: await openSqliteJournal({ path }) });
    await post(first, names(150, "first"));
    await running.pop()!.stop();
    const second = start({ journal: await openSqliteJournal({ path }) });
    await post(second, [...names(150, "second"), ...names(1, "first")]);
    const counted = await scrape(second.app);
    expect(counted.get('rum_actions_total{action="first_0"}')).toBe(2);
    expect((await valuesOf(second.app, "rum_actions_total", "action")).size).toBe(201);
    expect(counted.get('rum_actions_total{action="__other__"}')).toBe(100);
  });

  test("are taken up by a catalog that comes later", async () => {
    const path = join(folder, "rumkit.journal");
    const first = start({ journal: await openSqliteJournal({ path }) });
    await post(first, [action("add_to_cart")]);
    await running.pop()!.stop();
    const catalog = { app: "shop", routes: ["/"], actions: { add_to_cart: { help: "Added." } } };
    const second = start({
      catalog,
      journal: await openSqliteJournal({ path }),
    });
    await post(second, [action("add_to_cart")]);
    expect((await scrape(second.app)).get('rum_actions_total{action="add_to_cart"}')).toBe(2);
  });
});
