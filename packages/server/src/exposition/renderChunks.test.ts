import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { steadyNow } from "../base/steadyNow.ts";
import { createExemplars } from "./renderSeries.ts";
import type { ExpositionFormat } from "./format.ts";
import { renderChunks, type RenderOptions } from "./renderChunks.ts";

const base = {
  help: 'Says "a\\b".',
  side: "page",
  known: [],
  maxSeries: 1_000,
  values: { route: [], device: [] },
} as const;
const descriptors: MetricDescriptor[] = [
  { ...base, name: "rum_page_views_total", type: "counter", unit: "none", labels: ["route", "device"] },
  { ...base, name: "revenue_total", type: "counter", unit: "currency", labels: ["currency"] },
  { ...base, name: "rum_collect_bytes_total", type: "counter", unit: "bytes", labels: [] },
  { ...base, name: "rum_active_sessions", type: "gauge", unit: "none", labels: [] },
  {
    ...base,
    name: "rum_lcp_seconds",
    type: "histogram",
    unit: "seconds",
    labels: ["route"],
    buckets: [1, 2.5],
  },
  { ...base, name: "wait_seconds", type: "histogram", unit: "seconds", labels: [], buckets: [0.1] },
];

const TRACE = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7" };

function start() {
  const recorder = createRecorder(descriptors);
  let time = 1_700_000_000_000;
  const exemplars = createExemplars(() => time);
  recorder.onExemplar(exemplars.keep);
  const render = (format: ExpositionFormat, options: Partial<RenderOptions> = {}): string =>
    Buffer.concat([
      ...renderChunks(
        { families: recorder.families, appFamilies: [], exemplars },
        { format, at: steadyNow(), zeroMs: 0, startedAt: Number.NEGATIVE_INFINITY, ...options },
      ),
    ]).toString();
  return {
    ...recorder,
    render,
    wait: (milliseconds: number) => {
      time += milliseconds;
    },
  };
}

function countSomething({ record }: ReturnType<typeof start>): void {
  record({ metric: "rum_page_views_total", labels: { route: '/"a"\\\n', device: "dé🦊" }, value: 2 });
  record({ metric: "revenue_total", labels: { currency: "USD" }, value: 1999 });
  record({ metric: "rum_collect_bytes_total", labels: {}, value: 1e21 });
  record({ metric: "rum_active_sessions", labels: {}, value: 3 });
  record({ metric: "rum_lcp_seconds", labels: { route: "/" }, value: 1.5, times: 2 });
  record({ metric: "wait_seconds", labels: {}, value: 7 });
}

describe("the formats", () => {
  test("text 0.0.4", () => {
    const collector = start();
    countSomething(collector);
    expect(collector.render("text")).toMatchInlineSnapshot(`
      "# HELP rum_page_views_total Says "a\\\\b".
      # TYPE rum_page_views_total counter
      rum_page_views_total{route="/\\"a\\"\\\\\\n",device="dé🦊"} 2
      # HELP revenue_total Says "a\\\\b".
      # TYPE revenue_total counter
      revenue_total{currency="USD"} 19.99
      # HELP rum_collect_bytes_total Says "a\\\\b".
      # TYPE rum_collect_bytes_total counter
      rum_collect_bytes_total 1e+21
      # HELP rum_active_sessions Says "a\\\\b".
      # TYPE rum_active_sessions gauge
      rum_active_sessions 3
      # HELP rum_lcp_seconds Says "a\\\\b".
      # TYPE rum_lcp_seconds histogram
      rum_lcp_seconds_bucket{route="/",le="1"} 0
      rum_lcp_seconds_bucket{route="/",le="2.5"} 2
      rum_lcp_seconds_bucket{route="/",le="+Inf"} 2
      rum_lcp_seconds_sum{route="/"} 3
      rum_lcp_seconds_count{route="/"} 2
      # HELP wait_seconds Says "a\\\\b".
      # TYPE wait_seconds histogram
      wait_seconds_bucket{le="0.1"} 0
      wait_seconds_bucket{le="+Inf"} 1
      wait_seconds_sum 7
      wait_seconds_count 1
      "
    `);
  });

  test("OpenMetrics 1.0", () => {
    const collector = start();
    countSomething(collector);
    // Of what is new, OpenMetrics has one line more for a while.
    const later = { at: steadyNow() + 3_600_000 };
    expect(collector.render("openmetrics", later)).toMatchInlineSnapshot(`
      "# HELP rum_page_views Says \\"a\\\\b\\".
      # TYPE rum_page_views counter
      rum_page_views_total{route="/\\"a\\"\\\\\\n",device="dé🦊"} 2
      # HELP revenue Says \\"a\\\\b\\".
      # TYPE revenue counter
      revenue_total{currency="USD"} 19.99
      # HELP rum_collect_bytes Says \\"a\\\\b\\".
      # TYPE rum_collect_bytes counter
      # UNIT rum_collect_bytes bytes
      rum_collect_bytes_total 1e+21
      # HELP rum_active_sessions Says \\"a\\\\b\\".
      # TYPE rum_active_sessions gauge
      rum_active_sessions 3
      # HELP rum_lcp_seconds Says \\"a\\\\b\\".
      # TYPE rum_lcp_seconds histogram
      # UNIT rum_lcp_seconds seconds
      rum_lcp_seconds_bucket{route="/",le="1"} 0
      rum_lcp_seconds_bucket{route="/",le="2.5"} 2
      rum_lcp_seconds_bucket{route="/",le="+Inf"} 2
      rum_lcp_seconds_sum{route="/"} 3
      rum_lcp_seconds_count{route="/"} 2
      # HELP wait_seconds Says \\"a\\\\b\\".
      # TYPE wait_seconds histogram
      # UNIT wait_seconds seconds
      wait_seconds_bucket{le="0.1"} 0
      wait_seconds_bucket{le="+Inf"} 1
      wait_seconds_sum 7
      wait_seconds_count 1
      # EOF
      "
    `);
  });

  test("what was rendered before changes no byte of either", () => {
    const collector = start();
    countSomething(collector);
    const text = collector.render("text");
    const openmetrics = collector.render("openmetrics");
    expect(collector.render("text")).toBe(text);
    expect(collector.render("openmetrics")).toBe(openmetrics);
  });

  test("promtool has nothing to say against the text", () => {
    const collector = start();
    countSomething(collector);
    const promtool = process.env["PROMTOOL_PATH"] ?? "promtool";
    const input = collector.render("text");
    expect(execFileSync(promtool, ["check", "metrics"], { input, encoding: "utf8" })).toBe("");
  });

  test("a family that nothing was counted of has its head", () => {
    expect(start().render("openmetrics", { names: new Set(["wait_seconds"]) })).toMatchInlineSnapshot(`
      "# HELP wait_seconds Says \\"a\\\\b\\".
      # TYPE wait_seconds histogram
      # UNIT wait_seconds seconds
      # EOF
      "
    `);
  });
});

describe("label values", () => {
  test("whatever they contain, each is one line, and the same one as was counted", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (route) => {
        const { record, render } = start();
        record({ metric: "rum_page_views_total", labels: { route }, value: 1 });
        const [line, ...others] = render("text", { names: new Set(["rum_page_views_total"]) })
          .split("\n")
          .filter((text) => text !== "" && !text.startsWith("#"));
        expect(others).toEqual([]);
        const quoted = /^rum_page_views_total\{route="(.*)"\} 1$/su.exec(line ?? "")?.[1];
        const read = quoted?.replaceAll(/\\(.)/gsu, (_, c: string) => (c === "n" ? "\n" : c));
        expect(read).toBe(route.toWellFormed());
      }),
    );
  });
});

describe("a series that is new", () => {
  const names = new Set(["rum_lcp_seconds", "rum_page_views_total", "rum_active_sessions"]);

  test("is 0 in all its lines for a while, and then has its value", () => {
    const collector = start();
    const before = steadyNow();
    countSomething(collector);
    const unseen = collector.render("openmetrics", { at: before + 999, zeroMs: 1000, names });
    expect(unseen).toContain('rum_lcp_seconds_bucket{route="/",le="2.5"} 0\n');
    expect(unseen).toContain('rum_lcp_seconds_bucket{route="/",le="+Inf"} 0\n');
    expect(unseen).toContain('rum_lcp_seconds_sum{route="/"} 0\n');
    expect(unseen).toContain('rum_lcp_seconds_count{route="/"} 0\n');
    expect(unseen).toMatch(/rum_page_views_total\{.*\} 0\n/u);
    expect(unseen).toContain("rum_active_sessions 3\n");
    const seen = collector.render("openmetrics", { at: steadyNow() + 1000, zeroMs: 1000, names });
    expect(seen).toContain('rum_lcp_seconds_count{route="/"} 2\n');
    expect(seen).toMatch(/rum_page_views_total\{.*\} 2\n/u);
  });

  test("is one that the catalog declares, too, as long as the collector is, but where a journal kept it", () => {
    const declared = { ...base, name: "rum_actions_total", type: "counter", unit: "none" } as const;
    const known = [{ action: "new" }, { action: "kept" }];
    const recorder = createRecorder([{ ...declared, labels: ["action"], known, maxSeries: 2 }]);
    recorder.restore([{ metric: declared.name, labels: { action: "kept" }, value: 7 }]);
    for (const labels of known) recorder.record({ metric: declared.name, labels, value: 3 });
    const exposed = { families: recorder.families, appFamilies: [], exemplars: createExemplars(() => 0) };
    const shown = (at: number): string[] =>
      Buffer.concat([...renderChunks(exposed, { format: "openmetrics", at, zeroMs: 1000, startedAt: 5_000 })])
        .toString()
        .split("\n")
        .filter((line) => /^[^#]/u.test(line));
    const kept = 'rum_actions_total{action="kept"} 10';
    expect(shown(5_999)).toEqual(['rum_actions_total{action="new"} 0', kept]);
    expect(shown(6_000)).toEqual(['rum_actions_total{action="new"} 3', kept]);
  });

  test("has its value at once where nothing is to be shown as 0", () => {
    const collector = start();
    const before = steadyNow();
    countSomething(collector);
    expect(collector.render("text", { at: before, names })).toMatch(/rum_page_views_total\{.*\} 2\n/u);
  });

  test("says in OpenMetrics when it began, which is not of a gauge", () => {
    const collector = start();
    const before = steadyNow();
    countSomething(collector);
    const created = [...collector.render("openmetrics", { names }).matchAll(/^(\S+_created\S*) (\S+)$/gmu)];
    expect(created.map(([, series]) => series!.split("{")[0])).toEqual([
      "rum_page_views_created",
      "rum_lcp_seconds_created",
    ]);
    for (const [, , seconds] of created) {
      expect(Number(seconds)).toBeGreaterThanOrEqual(Math.floor(before) / 1000);
      expect(Number(seconds)).toBeLessThanOrEqual(Math.ceil(steadyNow()) / 1000);
    }
    expect(collector.render("text", { names })).not.toContain("_created");
    const later = collector.render("openmetrics", { at: steadyNow() + 3_600_000, names });
    expect(later).not.toContain("_created");
  });
});

describe("names", () => {
  test("a family is asked for by its name in either format", () => {
    const { render } = start();
    for (const name of ["revenue_total", "revenue"]) {
      expect(render("openmetrics", { names: new Set([name]) })).toContain("# TYPE revenue counter");
    }
    expect(render("text", { names: new Set(["revenue_total"]) }).match(/# TYPE/g)).toHaveLength(1);
  });

  test("an unknown one gives an empty answer, which is valid in both formats", () => {
    const { render } = start();
    expect(render("text", { names: new Set(["nothing"]) })).toBe("");
    expect(render("openmetrics", { names: new Set(["nothing"]) })).toBe("# EOF\n");
  });
});

describe("exemplars", () => {
  const names = new Set(["rum_lcp_seconds", "rum_page_views_total"]);

  test("a trace is shown at its bucket and its counter, in OpenMetrics only", () => {
    const { record, render } = start();
    record({ metric: "rum_lcp_seconds", labels: { route: "/" }, value: 1.5, exemplar: TRACE });
    record({ metric: "rum_page_views_total", labels: { route: "/" }, value: 1, exemplar: TRACE });
    const shown = `# {trace_id="${TRACE.traceId}",span_id="${TRACE.spanId}"}`;
    const lines = render("openmetrics", { names }).split("\n");
    expect(lines.filter((line) => line.includes(shown))).toEqual([
      `rum_page_views_total{route="/"} 1 ${shown} 1 1700000000`,
      `rum_lcp_seconds_bucket{route="/",le="2.5"} 1 ${shown} 1.5 1700000000`,
    ]);
    expect(render("text", { names })).not.toContain("trace_id");
  });

  test("the newest trace replaces the last one of its line, at most once a second", () => {
    const { record, render, wait } = start();
    const count = (spanId: string): void =>
      record({
        metric: "rum_lcp_seconds",
        labels: { route: "/" },
        value: 2,
        exemplar: { ...TRACE, spanId },
      });
    count("1111111111111111");
    wait(999);
    count("2222222222222222");
    expect(render("openmetrics", { names })).toContain("1111111111111111");
    wait(1);
    count("3333333333333333");
    expect(render("openmetrics", { names })).toContain("3333333333333333");
  });

  test.each(["", "x".repeat(500), '"} 1\n'])("%j is not a trace, and is not shown", (traceId) => {
    const { record, render } = start();
    const exemplar = { ...TRACE, traceId };
    record({ metric: "rum_lcp_seconds", labels: { route: "/" }, value: 2, exemplar });
    expect(render("openmetrics", { names })).not.toContain("trace_id");
  });

  test("money and gauges have none", () => {
    const { record, render } = start();
    record({ metric: "revenue_total", labels: { currency: "USD" }, value: 5, exemplar: TRACE });
    record({ metric: "rum_active_sessions", labels: {}, value: 5, exemplar: TRACE });
    expect(render("openmetrics")).not.toContain("trace_id");
  });
});

test("what is said by labels alone is of type info in OpenMetrics, and a gauge in text, under one name", () => {
  const info: MetricDescriptor = {
    name: "app_info",
    type: "gauge",
    isInfo: true,
    help: "The app.",
    unit: "none",
    side: "backend",
    labels: ["app"],
    known: [{ app: "shop" }],
    maxSeries: 1,
  };
  const { families, record } = createRecorder([info]);
  record({ metric: "app_info", labels: { app: "shop" }, value: 1 });
  const render = (format: ExpositionFormat): string => {
    const exposed = { families, appFamilies: [], exemplars: createExemplars(Date.now) };
    return Buffer.concat([...renderChunks(exposed, { format, at: steadyNow(), zeroMs: 0 })]).toString();
  };
  expect(render("openmetrics")).toBe('# HELP app The app.\n# TYPE app info\napp_info{app="shop"} 1\n# EOF\n');
  expect(render("text")).toBe('# HELP app_info The app.\n# TYPE app_info gauge\napp_info{app="shop"} 1\n');
});
