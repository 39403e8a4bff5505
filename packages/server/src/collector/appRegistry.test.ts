/** A registry of the app: all that it can do, while a collector shares it and after. */
import * as successor from "@prometheus-io/client";
import { defineCatalog } from "@rumkit/protocol";
import * as promClient from "prom-client";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import { createCollector } from "./createCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { step: { help: "Steps.", from: "server" } },
});

type Options = Partial<CollectorOptions<typeof catalog>>;

function start(registry: promClient.Registry, options: Options = {}): Collector<typeof catalog> {
  const collector = createCollector({ catalog, registry, runtimeMetrics: false, ...options });
  onTestFinished(() => collector.stop());
  return collector;
}

const textOf = async ({ app }: Pick<Collector<typeof catalog>, "app">): Promise<string> =>
  (await app.request("/metrics")).text();

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

let warnings: string[];
beforeEach(() => {
  warnings = [];
  const spy = vi
    .spyOn(process, "emitWarning")
    .mockImplementation((message) => void warnings.push(String(message)));
  return () => spy.mockRestore();
});

/** Both libraries have the same functions, and different types. */
const libraries = [
  { name: "prom-client", ...promClient },
  { name: "@prometheus-io/client", ...(successor as unknown as typeof promClient) },
];

describe.each(libraries)("a registry of $name", ({ Registry, Counter, Gauge, AggregatorRegistry }) => {
  test("gives its default labels to every series in /metrics, as in its own text, whenever they are set", async () => {
    const registry = new Registry();
    const collector = start(registry, { release: "1" });
    await collector.trackAction("step");
    new Gauge({ name: "own", help: "Own.", registers: [registry] }).set(1);
    const before = linesOf(await textOf(collector));
    registry.setDefaultLabels({ service: 'a"b', app: "ignored" });
    const after = await textOf(collector);
    // An own label wins.
    expect(after).toContain('app_info{app="shop",release="1",service="a\\"b"} 1\n');
    expect(after).toContain('rum_ready{service="a\\"b",app="ignored"} 1\n');
    expect(after).toContain('own{service="a\\"b",app="ignored"} 1\n');
    expect(after).toMatch(
      /^rum_collect_duration_seconds_bucket\{service="a\\"b",app="ignored",le="2.5"\} 0$/m,
    );
    const lines = linesOf(after);
    expect(lines.filter((line) => !line.includes('service="a\\"b"'))).toEqual([]);
    expect(lines).toHaveLength(before.length);
    expect(await registry.metrics()).toContain('rum_ready{service="a\\"b",app="ignored"} 1\n');
    registry.setDefaultLabels({});
    const nameOf = (line: string): string => line.slice(0, line.lastIndexOf(" "));
    expect(linesOf(await textOf(collector)).map(nameOf)).toEqual(before.map(nameOf));
  });

  test("with default labels that break a line is shown without them, which is counted and said once", async () => {
    const registry = new Registry();
    const collector = start(registry);
    new Gauge({ name: "own", help: "Own.", registers: [registry] }).set(1);
    const broken = {
      "bad-name": "x",
      "": "x",
      "1st": "x",
      'a="1",b': "x",
      größe: "x",
      __name__: "other",
      le: "0.1",
      quantile: "0.5",
      unknown: undefined,
      nothing: null,
      object: {},
      list: [1],
      symbol: Symbol("label"),
    };
    registry.setDefaultLabels({ shard: 3, canary: true, _zone: "a", ...broken });
    for (let scrapes = 1; scrapes <= 2; scrapes += 1) {
      const text = await textOf(collector);
      expect(text).toContain('\nown{shard="3",canary="true",_zone="a"} 1\n');
      expect(text).toContain('\nrum_ready{shard="3",canary="true",_zone="a"} 1\n');
      expect(
        linesOf(text).filter((line) => !/^\w+\{[^{}]*_zone="a"(?:,le="[^"]+")?\} \S+$/.test(line)),
      ).toEqual([]);
    }
    expect(warnings).toHaveLength(Object.keys(broken).length);
    expect(warnings[0]).toMatch(/^setDefaultLabels of "bad-name" cannot be read, .* the name of a label/);
    expect(await textOf(collector)).toMatch(
      /^rum_metric_read_failures_total\{metric="setDefaultLabels",.* \d+$/m,
    );
    for (const none of [null, undefined, 5, "text"] as never[]) {
      registry.setDefaultLabels(none);
      expect(await textOf(collector)).toContain("\nown 1\n");
    }
  });

  test("with metrics that throw or reject is shown without them, which is counted and said once", async () => {
    const registry = new Registry();
    const collector = start(registry);
    const gauge = (name: string, collect: () => void | Promise<void>) =>
      new Gauge({ name, help: "Own.", registers: [registry], collect });
    gauge("fine", function (this: promClient.Gauge) {
      this.set(1);
    });
    gauge("throws", () => {
      throw new Error("no database");
    });
    gauge("rejects", () => Promise.reject(new Error("no cache")));
    for (let scrapes = 1; scrapes <= 2; scrapes += 1) {
      const text = await textOf(collector);
      expect(text).toContain("\nfine 1\n");
      expect(text).toContain("\nrum_ready 1\n");
      expect(text).not.toMatch(/^(throws|rejects)/m);
    }
    const samples = await scrape(collector.app);
    expect(samples.get('rum_metric_read_failures_total{metric="throws"}')).toBe(3);
    expect(samples.get('rum_metric_read_failures_total{metric="rejects"}')).toBe(3);
    expect(warnings).toEqual([
      "throws cannot be read, so it has no sample in /metrics: Error: no database",
      "rejects cannot be read, so it has no sample in /metrics: Error: no cache",
    ]);
  });

  test("that the app clears is served on, and a metric with a name of ours is left out and said", async () => {
    const registry = new Registry();
    const collector = start(registry);
    registry.clear();
    new Counter({ name: "rum_page_views_total", help: "Own.", registers: [registry] }).inc(7);
    new Gauge({ name: "own", help: "Own.", registers: [registry] }).set(1);
    const text = await textOf(collector);
    expect(text).toContain("\nown 1\n");
    expect(text).toContain("\nrum_ready 1\n");
    expect(text.match(/^# TYPE rum_page_views_total /gm)).toHaveLength(1);
    expect(text).not.toMatch(/rum_page_views_total(\{.*\})? 7/);
    expect(warnings).toEqual([expect.stringContaining("the collector has a metric of this name")]);
  });

  test("loses and resets single metrics without any harm", async () => {
    const registry = new Registry();
    const collector = start(registry);
    await collector.trackAction("step");
    registry.removeSingleMetric("rum_ready");
    registry.resetMetrics();
    const samples = await scrape(collector.app);
    expect(samples.get("rum_ready")).toBe(1);
    expect(samples.get('actions_total{action="step"}')).toBe(1);
    expect(await registry.getSingleMetricAsString("actions_total")).toContain(
      'actions_total{action="step"} 1',
    );
  });

  test("merges with others, in either content type", async () => {
    const registry = new Registry();
    const collector = start(registry);
    await collector.trackAction("step");
    const other = new Registry();
    new Counter({ name: "other_total", help: "Other.", registers: [other] }).inc();
    const text = await Registry.merge([registry, other]).metrics();
    expect(text).toContain('actions_total{action="step"} 1');
    expect(text).toContain("other_total 1");
    for (const each of [registry, other]) each.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as never);
    expect(await Registry.merge([registry, other]).metrics()).toContain('actions_total{action="step"} 1');
    expect(await textOf(collector)).toContain(
      '# TYPE actions_total counter\nactions_total{action="step"} 1\n',
    );
  });

  test("is free for another collector after stop(), runtime metrics included, and has what that one counts", async () => {
    const registry = new Registry();
    for (let round = 1; round <= 3; round += 1) {
      const collector = start(registry, { environment: "production", runtimeMetrics: true });
      for (let step = 0; step < round; step += 1) await collector.trackAction("step");
      expect(await registry.metrics()).toContain(`actions_total{action="step"} ${round}\n`);
      expect(await textOf(collector)).toMatch(/^process_cpu_user_seconds_total /m);
      await collector.stop();
      expect(registry.getMetricsAsArray()).toEqual([]);
    }
    expect(() => new Counter({ name: "actions_total", help: "Own.", registers: [registry] })).not.toThrow();
    expect(warnings).toEqual([]);
  });

  test("goes to the next collector while the one before is still stopping", async () => {
    const registry = new Registry();
    const first = start(registry, { environment: "production" });
    const stopped = first.stop();
    const second = start(registry, { environment: "production" });
    await second.trackAction("step");
    await stopped;
    expect(await registry.metrics()).toContain('actions_total{action="step"} 1\n');
  });

  test("is taken over by a collector that a hot reload made, and the old one takes nothing with it", async () => {
    const registry = new Registry();
    const first = start(registry, { environment: "development" });
    await first.trackAction("step");
    const second = start(registry, { environment: "development" });
    await second.trackAction("step");
    await second.trackAction("step");
    expect(await registry.metrics()).toContain('actions_total{action="step"} 2\n');
    expect(await textOf(second)).toContain('actions_total{action="step"} 2\n');
    expect((await textOf(first)).match(/^# TYPE actions_total /gm)).toHaveLength(1);
    await first.stop();
    expect(await registry.metrics()).toContain('actions_total{action="step"} 2\n');
    expect(warnings).toEqual([
      expect.stringMatching(/A second collector of "shop" took the registry over.*hot reload/),
    ]);
  });

  test("is taken over by a collector of a module that was evaluated again", async () => {
    const registry = new Registry();
    start(registry);
    vi.resetModules();
    const again = await import("./createCollector.ts");
    const second = again.createCollector({ catalog, registry, runtimeMetrics: false });
    onTestFinished(() => second.stop());
    await second.trackAction("step");
    expect(again.createCollector).not.toBe(createCollector);
    expect(await registry.metrics()).toContain('actions_total{action="step"} 1\n');
    expect(await (await second.app.request("/metrics")).text()).toContain('actions_total{action="step"} 1\n');
  });

  test("is refused to a second collector in production, and to one of another app, with what to do", () => {
    const registry = new Registry();
    start(registry, { environment: "production" });
    const second = () => start(registry, { environment: "production" });
    expect(second).toThrow(/belongs to a running collector of the app "shop".*hot reload.*await stop\(\)/);
    const other = defineCatalog({ app: "blog", routes: ["/"] });
    expect(() => createCollector({ catalog: other, registry, runtimeMetrics: false })).toThrow(
      'belongs to a running collector of the app "shop"',
    );
  });

  test("adds up the processes of a cluster: counters are summed, states are not", async () => {
    const processes = [];
    for (let process = 0; process < 2; process += 1) {
      const registry = new Registry();
      const collector = start(registry, { release: "1" });
      await collector.trackAction("step");
      if (process === 1) collector.drain();
      await textOf(collector);
      // As it travels between processes.
      processes.push(JSON.parse(JSON.stringify(await registry.getMetricsAsJSON())) as object[]);
    }
    const text = await AggregatorRegistry.aggregate(processes).metrics();
    expect(text).toContain('actions_total{action="step"} 2\n');
    expect(text).toContain('app_info{app="shop",release="1"} 1\n');
    // One of two is not ready: an alert on `< 1` sees it.
    expect(text).toContain("rum_ready 0\n");
    expect(text).toMatch(/^rum_overload_level [0-3]$/m);
    const limit = /^rum_series_limit (\d+)$/m;
    expect(limit.exec(text)?.[1]).toBe(limit.exec(await textOf(start(new Registry())))?.[1]);
  });
});

test("two collectors with a registry each do not see each other", async () => {
  const [first, second] = [start(new promClient.Registry()), start(new promClient.Registry())];
  await first.trackAction("step");
  expect((await scrape(second.app)).get('actions_total{action="step"}')).toBe(0);
});
