import { Counter } from "prom-client";
import { expect, test } from "vitest";
import type { MetricDescriptor } from "./descriptor.ts";
import { createRecorder } from "./recorder.ts";
import { createRegistry } from "./registry.ts";

const base = { help: "A sentence.", side: "page", known: [], maxSeries: 10 } as const;

function exampleFamilies() {
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
  return createRecorder(descriptors);
}

test("families are shown in the Prometheus text format", async () => {
  const { families, record } = exampleFamilies();
  record({ metric: "rum_page_views_total", labels: { route: '/"a"\\' }, value: 2 });
  record({ metric: "revenue_total", labels: { currency: "USD" }, value: 1999 });
  record({ metric: "rum_lcp_seconds", labels: { route: "/" }, value: 1.5, times: 2 });
  const { render } = createRegistry(families, { runtimeMetrics: false });
  expect(await render()).toMatchInlineSnapshot(`
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

test("a metric that the app registers itself appears beside ours", async () => {
  const { registry, render } = createRegistry(exampleFamilies().families, { runtimeMetrics: false });
  new Counter({ name: "own_total", help: "Own.", registers: [registry] }).inc();
  expect(await render()).toContain("own_total 1");
});

test("runtime metrics are there, without the gauges that promtool refuses", async () => {
  const { render } = createRegistry([], { runtimeMetrics: true });
  const text = await render();
  expect(text).toContain("process_cpu_user_seconds_total");
  expect(text).not.toContain("nodejs_active_handles_total");
});
