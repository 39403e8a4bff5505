import { execFileSync } from "node:child_process";
import * as successor from "@prometheus-io/client";
import * as promClient from "prom-client";
import { describe, expect, test } from "vitest";
import { createExemplars } from "../exposition/renderSeries.ts";
import type { ExpositionFormat } from "../exposition/format.ts";
import { renderChunks } from "../exposition/renderChunks.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { steadyNow } from "../base/steadyNow.ts";
import { type AppRegistry, createRegistry } from "./registry.ts";

const base = { help: "A sentence.", side: "page", known: [], maxSeries: 10 } as const;

const descriptors: MetricDescriptor[] = [
  { ...base, name: "rum_page_views_total", type: "counter", unit: "none", labels: ["route"] },
  { ...base, name: "revenue_total", type: "counter", unit: "currency", labels: ["currency"] },
  {
    ...base,
    name: "rum_lcp_seconds",
    type: "histogram",
    unit: "seconds",
    labels: ["route"],
    buckets: [1, 2.5],
  },
];

const TRACE = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };

function start<R extends AppRegistry>(registry?: R, { runtimeMetrics = false } = {}) {
  const { families, record, onExemplar } = createRecorder(descriptors);
  const exemplars = createExemplars(() => 1_700_000_000_000);
  onExemplar(exemplars.keep);
  record({ metric: "rum_page_views_total", labels: { route: '/"a"\\' }, value: 2, exemplar: TRACE });
  record({ metric: "revenue_total", labels: { currency: "USD" }, value: 1999 });
  record({ metric: "rum_lcp_seconds", labels: { route: "/" }, value: 1.5, times: 2, exemplar: TRACE });
  const shown = createRegistry<R>({
    app: "shop",
    families,
    exemplars,
    registry,
    runtimeMetrics,
    onTakeOver: undefined,
    onUnreadable: () => {},
  });
  return {
    ...shown,
    expose: async (format: ExpositionFormat): Promise<string> => {
      const exposed = { families, appFamilies: await shown.readAppFamilies(), exemplars };
      return Buffer.concat([
        ...renderChunks(exposed, { format, at: steadyNow() + 3_600_000, zeroMs: 0, startedAt: 0 }),
      ]).toString();
    },
  };
}

function promtool(input: string): string {
  const program = process.env["PROMTOOL_PATH"] ?? "promtool";
  return execFileSync(program, ["check", "metrics"], { input, encoding: "utf8" });
}

/** Both libraries have the same functions, and different types. */
const libraries = [
  { name: "prom-client", ...promClient },
  { name: "@prometheus-io/client", ...(successor as unknown as typeof promClient) },
];

describe.each(libraries)("a registry of $name", ({ Registry, Counter, Gauge, Histogram, Summary }) => {
  /** One metric of each kind, as an app registers them. */
  function registerOwn(registry: promClient.Registry): void {
    const registers = [registry];
    new Counter({ name: "own_total", help: 'Own "things".', labelNames: ["kind"], registers }).inc(
      { kind: 'a"\\\nb' },
      3,
    );
    new Counter({ name: "own_jobs", help: "Not called _total.", registers }).inc();
    new Gauge({ name: "own_depth", help: "Own.", registers }).set(-1.5);
    new Histogram({
      name: "own_seconds",
      help: "Own.",
      labelNames: ["a"],
      buckets: [0.5, 2],
      registers,
    }).observe({ a: "x" }, 1);
    new Summary({ name: "own_bytes", help: "Own.", percentiles: [0.5], registers }).observe(10);
  }

  test("shows our families in its own text", async () => {
    const registry = new Registry();
    start(registry);
    expect(await registry.metrics()).toMatchInlineSnapshot(`
      "# HELP rum_page_views_total A sentence.
      # TYPE rum_page_views_total counter
      rum_page_views_total{route="/\\"a\\"\\\\"} 2

      # HELP revenue_total A sentence.
      # TYPE revenue_total counter
      revenue_total{currency="USD"} 19.99

      # HELP rum_lcp_seconds A sentence.
      # TYPE rum_lcp_seconds histogram
      rum_lcp_seconds_bucket{route="/",le="1"} 0
      rum_lcp_seconds_bucket{route="/",le="2.5"} 2
      rum_lcp_seconds_bucket{route="/",le="+Inf"} 2
      rum_lcp_seconds_sum{route="/"} 3
      rum_lcp_seconds_count{route="/"} 2
      "
    `);
  });

  test("shows our families in its own JSON", async () => {
    const registry = new Registry();
    start(registry);
    registry.setDefaultLabels({ app: "shop" });
    const all = await registry.getMetricsAsJSON();
    expect(all.map(({ name, type }) => [name, type])).toEqual([
      ["rum_page_views_total", "counter"],
      ["revenue_total", "counter"],
      ["rum_lcp_seconds", "histogram"],
    ]);
    expect(all[1]?.values).toMatchObject([{ value: 19.99, labels: { currency: "USD", app: "shop" } }]);
    // Ours, which a second reading would find changed if a registry could change them.
    registry.setDefaultLabels({});
    expect((await registry.getMetricsAsJSON())[1]?.values[0]?.labels).toEqual({ currency: "USD" });
  });

  test("shows our counters right in its OpenMetrics mode, and in text again after it", async () => {
    const registry = new Registry();
    start(registry);
    const text = await registry.metrics();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const openmetrics = await registry.metrics();
    expect(openmetrics).toContain("# TYPE rum_page_views counter\nrum_page_views_total{");
    expect(openmetrics).toContain(`# {trace_id="${TRACE.traceId}",span_id="${TRACE.spanId}"} 1.5 1700000000`);
    expect(openmetrics).not.toContain("_total_total");
    registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
    expect(await registry.metrics()).toBe(text);
  });

  test("has its metrics in our text, each family once, to the satisfaction of promtool", async () => {
    const registry = new Registry();
    const { expose } = start(registry);
    registerOwn(registry);
    const text = await expose("text");
    expect(text.slice(text.indexOf("# HELP own_total"))).toMatchInlineSnapshot(`
      "# HELP own_total Own "things".
      # TYPE own_total counter
      own_total{kind="a\\"\\\\\\nb"} 3
      # HELP own_jobs Not called _total.
      # TYPE own_jobs counter
      own_jobs 1
      # HELP own_depth Own.
      # TYPE own_depth gauge
      own_depth -1.5
      # HELP own_seconds Own.
      # TYPE own_seconds histogram
      own_seconds_bucket{le="0.5",a="x"} 0
      own_seconds_bucket{le="2",a="x"} 1
      own_seconds_bucket{le="+Inf",a="x"} 1
      own_seconds_sum{a="x"} 1
      own_seconds_count{a="x"} 1
      # HELP own_bytes Own.
      # TYPE own_bytes summary
      own_bytes{quantile="0.5"} 10
      own_bytes_sum 10
      own_bytes_count 1
      "
    `);
    expect(text.match(/^# TYPE rum_lcp_seconds /gm)).toHaveLength(1);
    // A counter of the app that is not called so as promtool wants it is the app's.
    expect(() => promtool(text.replaceAll("own_jobs", "own_jobs_total"))).not.toThrow();
  });

  test("has its metrics in our OpenMetrics, and no series changes its name by it", async () => {
    const registry = new Registry();
    const { expose } = start(registry);
    registerOwn(registry);
    const text = await expose("text");
    const openmetrics = await expose("openmetrics");
    expect(openmetrics.slice(openmetrics.indexOf("# HELP own "))).toMatchInlineSnapshot(`
      "# HELP own Own \\"things\\".
      # TYPE own counter
      own_total{kind="a\\"\\\\\\nb"} 3
      # HELP own_jobs Not called _total.
      # TYPE own_jobs unknown
      own_jobs 1
      # HELP own_depth Own.
      # TYPE own_depth gauge
      own_depth -1.5
      # HELP own_seconds Own.
      # TYPE own_seconds histogram
      own_seconds_bucket{le="0.5",a="x"} 0
      own_seconds_bucket{le="2",a="x"} 1
      own_seconds_bucket{le="+Inf",a="x"} 1
      own_seconds_sum{a="x"} 1
      own_seconds_count{a="x"} 1
      # HELP own_bytes Own.
      # TYPE own_bytes summary
      own_bytes{quantile="0.5"} 10
      own_bytes_sum 10
      own_bytes_count 1
      # EOF
      "
    `);
    const series = (exposition: string): string[] =>
      exposition
        .split("\n")
        .flatMap((line) => (line === "" || line.startsWith("#") ? [] : line.split(" # ", 1)));
    expect(series(openmetrics)).toEqual(series(text));
    // The library's own OpenMetrics mode was not used: it would have changed the names of its counters.
    expect(await expose("text")).toBe(text);
  });

  test("that the app has read in OpenMetrics mode shows its counters by their names still", async () => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const { expose } = start(registry);
    new Counter({ name: "own_total", help: "Own.", registers: [registry] }).inc();
    await registry.metrics();
    expect(await expose("text")).toContain("# TYPE own_total counter\nown_total 1\n");
    expect(await expose("openmetrics")).toContain("# TYPE own counter\nown_total 1\n");
  });

  test("adds its default labels to its own metrics", async () => {
    const registry = new Registry();
    registry.setDefaultLabels({ instance_name: "one" });
    const { expose } = start(registry);
    new Gauge({ name: "own_depth", help: "Own.", registers: [registry] }).set(1);
    expect(await expose("openmetrics")).toContain('own_depth{instance_name="one"} 1\n');
  });

  test("shows the exemplars of its metrics in OpenMetrics", async () => {
    const registry = new Registry();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    const { expose } = start(registry);
    const wait = new Histogram({
      name: "own_seconds",
      help: "Own.",
      buckets: [1],
      registers: [registry],
      enableExemplars: true,
    });
    wait.observe({ value: 0.5, exemplarLabels: { trace_id: "abc" } } as never);
    expect(await expose("openmetrics")).toMatch(
      /^own_seconds_bucket\{le="1"\} 1 # \{trace_id="abc"\} 0.5 \d+(\.\d+)?$/m,
    );
    expect(await expose("text")).not.toContain("trace_id");
  });

  test("keeps ours when the app resets its metrics", async () => {
    const registry = new Registry();
    const { expose } = start(registry);
    registerOwn(registry);
    registry.resetMetrics();
    expect(await expose("text")).toContain('revenue_total{currency="USD"} 19.99\n');
  });

  test("with a metric of the name of one of ours is refused at once", () => {
    const registry = new Registry();
    new Counter({ name: "revenue_total", help: "Own.", registers: [registry] }).inc();
    expect(() => start(registry)).toThrow("already. Give each collector a separate registry");
  });

  test("that collects runtime metrics already keeps its own", async () => {
    const registry = new Registry();
    new Gauge({ name: "process_cpu_user_seconds_total", help: "Own.", registers: [registry] }).set(7);
    const { expose } = start(registry, { runtimeMetrics: true });
    expect((await expose("text")).match(/^process_\S+ \d+$/gm)).toEqual(["process_cpu_user_seconds_total 7"]);
  });

  test("gets the runtime metrics, without the gauges that promtool refuses", async () => {
    const { expose } = start(new Registry(), { runtimeMetrics: true });
    const text = await expose("text");
    expect(text).toContain("process_cpu_user_seconds_total");
    expect(text).not.toContain("nodejs_active_handles_total");
    expect(promtool(text)).toBe("");
  });

  test("is not asked for our values by our own exposition", async () => {
    const registry = new Registry();
    const { readAppFamilies } = start(registry);
    expect(await readAppFamilies()).toEqual([]);
  });
});

test("without a registry of the app there is one of prom-client", async () => {
  const { registry, expose } = start<promClient.Registry>();
  new promClient.Counter({ name: "own_total", help: "Own.", registers: [registry] }).inc();
  expect(await expose("text")).toContain("own_total 1\n");
});

test("a metric of the app that takes the OpenMetrics name of one of ours is shown by its full name", async () => {
  const { registry, expose } = start<promClient.Registry>();
  new promClient.Gauge({ name: "own", help: "Own.", registers: [registry] }).set(1);
  new promClient.Counter({ name: "own_total", help: "Own.", registers: [registry] }).inc();
  const openmetrics = await expose("openmetrics");
  expect(openmetrics).toContain("# TYPE own gauge\nown 1\n");
  expect(openmetrics).toContain("# TYPE own_total unknown\nown_total 1\n");
});
