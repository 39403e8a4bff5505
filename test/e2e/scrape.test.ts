/**
 * Our exposition in a real Prometheus: it scrapes OpenMetrics, as it asks for by itself, and what
 * it says of the first event of a series is what happened.
 */
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { serve } from "@hono/node-server";
import { Counter, Gauge, Histogram, Registry, Summary } from "@prometheus-io/client";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector, describeMetrics } from "@rumkit/server";
import { Hono } from "hono";
import { describeForMachines, scrapeLimits } from "rumkit/generate";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPrometheus, startPrometheus } from "../support/prometheus.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

const registry = new Registry();
const registers = [registry];
const jobs = new Counter({ name: "own_jobs_total", help: 'Own "jobs".', labelNames: ["kind"], registers });
new Gauge({ name: "own_depth", help: "Own.", registers }).set(-1.5);
new Histogram({ name: "own_wait_seconds", help: "Own.", buckets: [0.5, 2], registers }).observe(1);
new Summary({ name: "own_size_bytes", help: "Own.", percentiles: [0.5], registers }).observe(10);

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: {
    say: { help: 'A "help" with \\ and more.', from: "server", labels: { kind: ['a"\\\nb', "x"] } },
  },
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } } },
  measurements: {
    search: {
      help: "Searches.",
      from: "server",
      unit: "seconds",
      buckets: [0.1, 1],
      labels: { kind: ["x"] },
    },
  },
});
const limits = scrapeLimits(describeMetrics(catalog));
const collector = createCollector({ catalog, registry });
const app = new Hono();
app.use(collector.httpMetrics());
app.get("/first/:id", (c) => c.text("ok"));
app.route("/", collector.app);
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
let origin: string;
let prometheus: RunningPrometheus;

beforeAll(async () => {
  jobs.inc({ kind: 'a"\\\nb' }, 3);
  if (!server.listening) await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  prometheus = await startPrometheus(origin, [], "a", limits);
  while ((await valueOf("up")) !== 1) await wait(100);
});
afterAll(async () => {
  await prometheus.stop();
  server.close();
  await collector.stop();
});

/** Of one series; undefined where there is none. */
async function valueOf(expression: string): Promise<number | undefined> {
  return (await prometheus.query(expression))[0]?.value;
}

test("a counter that appears with its first event has increased by it", async () => {
  // Scrapes have been there before the event: without one there is nothing to increase from.
  await expect.poll(() => valueOf("count_over_time(up[5m])")).toBeGreaterThan(2);
  await fetch(`${origin}/first/1`);
  const requests = 'http_requests_total{route="/first/:id"}';
  await expect.poll(() => valueOf(requests)).toBe(1);
  await expect.poll(() => valueOf(`increase(${requests}[1m])`)).toBeGreaterThan(0);
  await expect
    .poll(() => valueOf('increase(http_request_duration_seconds_count{route="/first/:id"}[1m])'))
    .toBeGreaterThan(0);
});

/**
 * Reads an exposition as strictly as OpenMetrics is: order, interleaving, names, units, exemplars, the end. This process
 * does not stand still meanwhile: its server has scrapes to answer.
 */
async function parseStrictly(format: "text" | "openmetrics", text: string) {
  const program = join(import.meta.dirname, "../support/parseExposition.py");
  const folder = dirname(
    process.env["PROMETHEUS_CLIENT_PATH"] ?? "/usr/lib/python3/dist-packages/prometheus_client",
  );
  const env = { ...process.env, PYTHONPATH: folder };
  const reading = promisify(execFile)("python3", [program, format], { env });
  reading.child.stdin!.end(text);
  const { stdout } = await reading;
  return JSON.parse(stdout) as { families: string[]; samples: number; exemplars: number };
}

const OPENMETRICS = "application/openmetrics-text;version=1.0.0";

test.each([
  ["text/plain", undefined, "text"],
  ["no wish", "gzip", "text"],
  [OPENMETRICS, undefined, "openmetrics"],
  [OPENMETRICS, "gzip", "openmetrics"],
  [`${OPENMETRICS};q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1`, "gzip", "openmetrics"],
] as const)("strict parsers take every line: %s, %s", async (accept, encoding, format) => {
  const traceparent = `00-${TRACE}-00f067aa0ba902b7-01`;
  await (await fetch(`${origin}/first/3`, { headers: { traceparent } })).text();
  // Every kind of family, with text in it that must be escaped.
  await collector.trackAction("say", { kind: 'a"\\\nb' });
  await collector.trackConversion("purchase", { value: 19.99, currency: "USD" });
  await collector.measure("search", 0.25, { kind: "x" });
  for (const scraper of [{}, { "x-prometheus-scrape-timeout-seconds": "10" }]) {
    const headers = {
      ...scraper,
      ...(accept !== "no wish" && { accept }),
      "accept-encoding": encoding ?? "identity",
    };
    const text = await (await fetch(`${origin}/metrics`, { headers })).text();
    const { families, samples, exemplars } = await parseStrictly(format, text);
    expect(samples).toBe(text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length);
    expect(families).toContain("rum_scrapes");
    expect(new Set(families).size).toBe(families.length);
    // What is shown as 0 first has no exemplar yet.
    if (!("x-prometheus-scrape-timeout-seconds" in scraper))
      expect(exemplars > 0).toBe(format === "openmetrics");
  }
});

test("strict parsers refuse what is wrong", async () => {
  for (const wrong of ["# TYPE a counter\na 1\n# EOF\n", "# TYPE a counter\na_total 1\n"])
    await expect(parseStrictly("openmetrics", wrong)).rejects.toThrow(/ValueError/);
});

test("a request's trace is the exemplar of its bucket", async () => {
  await fetch(`${origin}/first/2`, { headers: { traceparent: `00-${TRACE}-00f067aa0ba902b7-01` } });
  const query = encodeURIComponent('http_request_duration_seconds_bucket{route="/first/:id"}');
  const path = `query_exemplars?query=${query}&start=${Date.now() / 1000 - 60}&end=${Date.now() / 1000 + 60}`;
  await expect.poll(async () => JSON.stringify(await prometheus.ask(path))).toContain(TRACE);
});

test("Prometheus scrapes OpenMetrics, whose counters have no _total in their family's name", async () => {
  const targets = (await prometheus.ask("targets/metadata?metric=rum_scrapes")) as {
    data: { type: string; help: string }[];
  };
  expect(targets.data).toMatchObject([{ type: "counter", help: expect.stringContaining("/metrics") }]);
});

test("the app's own metrics of the successor's registry arrive under their names", async () => {
  // After a scrape that came too late on a busy machine, Prometheus has none of it until the next one.
  await expect
    .poll(() => prometheus.query("own_jobs_total"))
    .toMatchObject([{ value: 3, labels: { kind: 'a"\\\nb' } }]);
  await expect.poll(() => valueOf("own_depth")).toBe(-1.5);
  await expect.poll(() => valueOf('own_wait_seconds_bucket{le="2"}')).toBe(1);
  await expect.poll(() => valueOf('own_size_bytes{quantile="0.5"}')).toBe(10);
  expect(await registry.metrics()).toContain("rum_scrapes_total");
});

test("a series is the same whichever format it was scraped in", async () => {
  const samples = async (accept: string): Promise<string[]> => {
    const text = await (await fetch(`${origin}/metrics`, { headers: { accept } })).text();
    return (
      text
        .split("\n")
        // When a new series began is said in OpenMetrics only.
        .filter((line) => /^[^#]/.test(line) && !/^\w+_created[{ ]/.test(line))
        .map((line) => line.split(" # ", 1)[0]!.replace(/ \S+$/, ""))
    );
  };
  const text = await samples("text/plain");
  expect(text.length).toBeGreaterThan(100);
  expect(await samples("application/openmetrics-text")).toEqual(text);
});

test("no scrape of Prometheus failed, with the limits that rumkit check prints", async () => {
  const status = (await prometheus.ask("status/config")) as { data: { yaml: string } };
  // It writes 1MB as 1MiB.
  for (const [name, value] of Object.entries(limits))
    expect(status.data.yaml).toMatch(new RegExp(`^ +${name}: ${String(value).replace("MB", "MiB")}$`, "m"));
  // On a busy machine one may have come too late; none may have been answered badly.
  await expect.poll(() => valueOf("up")).toBe(1);
  expect(await valueOf('rum_scrapes_total{outcome="failed"}')).toBe(0);
  await expect.poll(() => valueOf('rum_scrapes_total{outcome="complete"}')).toBeGreaterThan(3);
});

test("Prometheus answers every query that describes a metric for machines", async () => {
  const { metrics } = describeForMachines(describeMetrics(catalog), { app: "shop" });
  // A rate needs two scrapes of a series.
  for (const series of ["http_request_duration_seconds_count", "search_seconds_count", "revenue_total"])
    await expect.poll(() => valueOf(`rate(${series}[5m])`)).toBeDefined();
  const answered = new Map<string, number>();
  for (const { name, queries } of metrics) {
    const results = await Promise.all(queries.map(({ promql }) => prometheus.query(promql)));
    answered.set(name, results.filter((result) => result.length > 0).length);
  }
  const counted = ["actions_total", "revenue_total", "search_seconds", "http_request_duration_seconds"];
  expect(counted.map((name) => [name, answered.get(name)])).toEqual([
    ["actions_total", 2],
    ["revenue_total", 2],
    ["search_seconds", 3],
    ["http_request_duration_seconds", 3],
  ]);
  expect([answered.get("app_info"), answered.get("rum_active_sessions")]).toEqual([1, 1]);
});

test("promtool has nothing to say against the text", async () => {
  const input = await (await fetch(`${origin}/metrics`)).text();
  const promtool = process.env["PROMTOOL_PATH"] ?? "promtool";
  expect(execFileSync(promtool, ["check", "metrics"], { input, encoding: "utf8" })).toBe("");
});
