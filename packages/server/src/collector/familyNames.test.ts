/** Families by the names that a catalog chose, and under further names, as dashboards that exist query them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { Registry } from "prom-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { promtool } from "../../../../test/support/promtool.ts";
import { scrape, type Scrape } from "../../../../test/support/scrape.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import { createCollector } from "./createCollector.ts";

const tool = ["maya", "nuke"] as const;
const catalog = defineCatalog({
  app: "lab",
  routes: ["/"],
  actions: {
    borrow: { help: "Borrows.", from: "server", labels: { tool }, name: "license_borrow_attempts_total" },
    press: { help: "Presses.", labels: { key: ["a", "b"] }, name: "key_presses_total" },
  },
  conversions: {
    sale: {
      help: "Sales.",
      from: "server",
      labels: { tool },
      value: { money: ["USD", "EUR"] },
      experience: true,
      name: "tool_sales_total",
    },
  },
  measurements: {
    borrow_time: {
      help: "Borrows.",
      unit: "seconds",
      buckets: [0.1, 1],
      from: "server",
      labels: { tool },
      name: "license_borrow_duration_seconds",
    },
  },
  jobs: {
    clip: {
      help: "Clips rendered.",
      buckets: [0.5, 1, 2.5, 5, 10, 30],
      names: {
        accepted: "clip_jobs_queued_total",
        inFlight: "clip_jobs_inflight",
        duration: "clip_job_latency_seconds",
        outcomeLabel: "status",
      },
    },
    mail: { help: "Mails sent." },
  },
  gauges: { licenses: { help: "Licenses.", labels: { tool }, name: "licenses_total" } },
  ingested: {
    "gpu.load": { help: "Load.", type: "gauge", labels: { tool }, name: "gpu_utilization" },
    "clip.bytes": { help: "Bytes.", type: "counter", unit: "bytes", name: "rendered_bytes_total" },
  },
  aliases: {
    frontend_page_views_total: "rum_page_views_total",
    frontend_page_load_duration_seconds: { of: "rum_page_load_seconds", labels: { phase: "load" } },
    frontend_button_clicks_total: "rum_clicks_total",
    revenue_total_dollars: "revenue_total",
    render_seconds: "clip_job_latency_seconds",
    seats: "licenses_total",
  },
});

type Options = Pick<CollectorOptions<Catalog>, "journal" | "seriesBudget">;
const SECRET = "a-secret-of-a-service-0123456789";

function start(options: Options = {}): Collector<typeof catalog> {
  const collector = createCollector({
    catalog,
    runtimeMetrics: false,
    environment: "production",
    ingestTokens: [SECRET],
    ...options,
  });
  onTestFinished(() => collector.stop());
  return collector;
}

/** The samples of families by their names, without those that are 0. */
function of(all: Scrape, ...names: readonly string[]): Record<string, number> {
  const pattern = new RegExp(`^(?:${names.join("|")})(?:_bucket|_sum|_count)?(?:\\{|$)`);
  return Object.fromEntries([...all].filter(([series, value]) => pattern.test(series) && value !== 0));
}

async function collect(
  collector: Pick<Collector<typeof catalog>, "app">,
  ...events: object[]
): Promise<void> {
  const id = Math.random().toString(16).slice(2).padEnd(32, "0").slice(0, 32);
  const answer = await collector.app.request("/collect", {
    method: "POST",
    body: JSON.stringify({ v: 1, id, seq: 0, session: "f".repeat(32), sentAt: 1, events }),
    headers: { origin: "http://lab.example", host: "lab.example" },
  });
  expect(answer.status).toBe(202);
}

describe("an entry with a name", () => {
  test("of the server counts in its family with its own labels, and in that of all entries", async () => {
    const { app, trackAction, trackConversion } = start();
    await trackAction("borrow", { tool: "maya" });
    await trackConversion("sale", { tool: "nuke", value: 5, currency: "USD", experience: "good" });
    await trackConversion("sale", { tool: "nuke", value: -5, currency: "USD" });
    expect(
      of(await scrape(app), "license_borrow_attempts_total", "actions_total", "tool_sales_total"),
    ).toEqual({
      'license_borrow_attempts_total{tool="maya"}': 1,
      'actions_total{action="borrow",tool="maya"}': 1,
      'tool_sales_total{tool="nuke"}': 2,
    });
  });

  test("of pages, too, as often as the event happened", async () => {
    const collector = start();
    await collect(collector, { type: "action", name: "press", route: "/", count: 3, details: { key: "b" } });
    expect(of(await scrape(collector.app), "key_presses_total")).toEqual({ 'key_presses_total{key="b"}': 3 });
  });

  test("is 0 before its first event, for each of its label sets", async () => {
    const all = await scrape(start().app);
    expect(["maya", "nuke"].map((each) => all.get(`license_borrow_attempts_total{tool="${each}"}`))).toEqual([
      0, 0,
    ]);
    expect(all.get("clip_jobs_queued_total")).toBe(0);
  });

  test("that measures has the name in place of the derived one", async () => {
    const { app, measure } = start();
    await measure("borrow_time", 0.5, { tool: "maya" });
    const all = await scrape(app);
    expect(all.get('license_borrow_duration_seconds_bucket{tool="maya",le="1"}')).toBe(1);
    expect([...all.keys()].filter((series) => series.startsWith("borrow_time"))).toEqual([]);
  });
});

describe("a job with names", () => {
  test("counts under them with its own buckets and its outcome, and in the families of all jobs", async () => {
    const { app, timed } = start();
    const mayEnd = Promise.withResolvers<void>();
    const running = timed("clip", () => mayEnd.promise);
    expect((await scrape(app)).get("clip_jobs_inflight")).toBe(1);
    mayEnd.resolve();
    await running;
    await expect(timed("clip", () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    const all = await scrape(app);
    expect(all.get("clip_jobs_queued_total")).toBe(2);
    expect(all.get('jobs_accepted_total{job_name="clip"}')).toBe(2);
    expect(all.get("clip_jobs_inflight")).toBe(0);
    for (const status of ["done", "error"])
      expect(all.get(`clip_job_latency_seconds_count{status="${status}"}`)).toBe(1);
    expect(all.get('job_duration_seconds_count{job_name="clip",outcome="done"}')).toBe(1);
    const edges = [...all.keys()].flatMap(
      (series) => /^clip_job_latency_seconds_bucket\{status="done",le="(.+)"\}/.exec(series)?.[1] ?? [],
    );
    expect(edges).toEqual(["0.5", "1", "2.5", "5", "10", "30", "+Inf"]);
  });

  test("that another process reports counts under them, and so do its values", async () => {
    const { app } = start();
    const answer = await app.request("/ingest", {
      method: "POST",
      headers: { authorization: `Bearer ${SECRET}`, "content-type": "application/json" },
      body: JSON.stringify([
        { name: "jobs_accepted_total", value: 1, tags: { job_name: "clip" } },
        { name: "job_duration_seconds", value: 3, tags: { job_name: "clip", outcome: "error" } },
        { name: "job_duration_seconds", value: 3, tags: { job_name: "mail", outcome: "done" } },
        { name: "jobs_in_flight", value: 2, tags: { job_name: "clip", process: "worker-1" } },
        { name: "gpu.load", value: 0.5, tags: { tool: "nuke" } },
        { name: "clip.bytes", value: 7 },
      ]),
    });
    expect(answer.status).toBe(202);
    const all = await scrape(app);
    expect(all.get("clip_jobs_queued_total")).toBe(1);
    expect(all.get('clip_job_latency_seconds_bucket{status="error",le="5"}')).toBe(1);
    expect(all.get('clip_job_latency_seconds_count{status="done"}') ?? 0).toBe(0);
    expect(all.get("clip_jobs_inflight")).toBe(2);
    expect(of(all, "gpu_utilization", "rendered_bytes_total")).toEqual({
      'gpu_utilization{tool="nuke"}': 0.5,
      rendered_bytes_total: 7,
    });
  });
});

describe("an alias", () => {
  const view = { type: "page_view", route: "/", navigation: "hard" };

  test("shows the series of its family again, with their labels and their type", async () => {
    const collector = start();
    await collect(collector, view, view);
    await collector.trackConversion("sale", { tool: "maya", value: "19.99", currency: "EUR" });
    collector.setGauge("licenses", 4, { tool: "maya" });
    await collector.timed("clip", () => Promise.resolve());
    const all = await scrape(collector.app);
    const renamed = (from: string, to: string): void => {
      const family = of(all, from);
      expect(Object.keys(family).length, from).toBeGreaterThan(0);
      const expected = Object.entries(family).map(([series, value]) => [series.replace(from, to), value]);
      expect(of(all, to)).toEqual(Object.fromEntries(expected));
    };
    renamed("rum_page_views_total", "frontend_page_views_total");
    renamed("revenue_total", "revenue_total_dollars");
    renamed("licenses_total", "seats");
    renamed("clip_job_latency_seconds", "render_seconds");
  });

  test("of selected labels shows only their series", async () => {
    const { app } = start();
    const names = [...(await scrape(app)).keys()].filter((series) => series.startsWith("frontend_page_load"));
    for (const name of names) expect(name).toContain('phase="load"');
  });

  test("is valid in both formats, with the type of its family; where OpenMetrics would rename it, it has none", async () => {
    const collector = start();
    await collect(collector, view);
    await collector.trackConversion("sale", { tool: "maya", value: 1, currency: "EUR" });
    const text = async (accept: string): Promise<string> =>
      (await collector.app.request("/metrics", { headers: { accept } })).text();
    const classic = await text("text/plain");
    const open = await text("application/openmetrics-text");
    expect(classic).toContain("# TYPE revenue_total_dollars counter\n");
    expect(open).toContain("# TYPE revenue_total_dollars unknown\n");
    expect(open).toContain("# TYPE frontend_page_views counter\n");
    expect(open).toMatch(/^revenue_total_dollars\{conversion="sale",currency="EUR",\S+ 1$/m);
    const said = await promtool(["check", "metrics"], "metrics", classic).catch(String);
    // Names that the catalog chose against the rules are all that promtool complains of.
    expect(
      said
        .split("\n")
        .filter((line) => /^\w+ /.test(line) && !/^(?:licenses_total|revenue_total_dollars) /.test(line)),
    ).toEqual([]);
  });

  test("is in the app's registry as well", async () => {
    const registry = new Registry();
    const collector = createCollector({ catalog, registry, runtimeMetrics: false });
    onTestFinished(() => collector.stop());
    await collector.trackConversion("sale", { tool: "maya", value: 1, currency: "EUR" });
    expect(await registry.metrics()).toMatch(
      /^revenue_total_dollars\{conversion="sale",currency="EUR",\S+ 1$/m,
    );
  });

  test("is asked for by its name alone", async () => {
    const { app } = start();
    const answer = await app.request("/metrics?name[]=frontend_button_clicks_total");
    expect(await answer.text()).toContain("# TYPE frontend_button_clicks_total counter");
  });
});

test("names and aliases that a deployment adds reset nothing, and aliases begin with the totals", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-names-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { aliases: _, ...withoutAliases } = catalog;
  const { name: __, ...borrow } = catalog.actions.borrow;
  const before: Catalog = { ...withoutAliases, actions: { ...catalog.actions, borrow } };
  const run = async (given: Catalog): Promise<Record<string, number>> => {
    const journal = await openSqliteJournal({ path: join(folder, "journal") });
    const collector = createCollector({ catalog: given, journal, runtimeMetrics: false });
    await collector.trackAction("borrow", { tool: "maya" });
    await collector.trackConversion("sale", { tool: "maya", value: 1, currency: "EUR" });
    const all = await scrape(collector.app);
    await collector.stop();
    return of(
      all,
      "actions_total",
      "license_borrow_attempts_total",
      "revenue_total",
      "revenue_total_dollars",
    );
  };
  const revenue = '{conversion="sale",currency="EUR",experience="unknown"}';
  expect(await run(before)).toEqual({
    'actions_total{action="borrow",tool="maya"}': 1,
    [`revenue_total${revenue}`]: 1,
  });
  expect(await run(catalog)).toEqual({
    'actions_total{action="borrow",tool="maya"}': 2,
    // A separate family: it counts since it exists.
    'license_borrow_attempts_total{tool="maya"}': 1,
    [`revenue_total${revenue}`]: 2,
    [`revenue_total_dollars${revenue}`]: 2,
  });
});

test("aliases count in the budget of series", async () => {
  const used = async (given: Catalog): Promise<number> => {
    const collector = createCollector({ catalog: given, runtimeMetrics: false });
    onTestFinished(() => collector.stop());
    const report = await collector.app.request("/api/rumkit/cardinality");
    return ((await report.json()) as { series: number }).series;
  };
  const { aliases: _, ...plain } = catalog;
  const all = await scrape(start().app);
  const sales = [...all.keys()].filter((series) => series.startsWith("revenue_total{")).length;
  const aliased: Catalog = { ...plain, aliases: { money_total: "revenue_total" } };
  expect((await used(aliased)) - (await used(plain))).toBe(sales);
  expect(() => createCollector({ catalog: aliased, seriesBudget: { perProcess: 100 } })).toThrow(
    /series; 100 at most/,
  );
});
