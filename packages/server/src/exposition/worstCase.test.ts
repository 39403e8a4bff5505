import { describe, expect, test } from "vitest";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { buildLargestScrape, buildUsualCase, buildWorstCase, type MetricSize } from "./worstCase.ts";

const base = { help: "A sentence.", unit: "none", side: "page", known: [], maxSeries: 6 } as const;

function sizeOf(descriptor: MetricDescriptor): MetricSize | undefined {
  return buildWorstCase([descriptor]).metrics[0];
}

const HEAD = "# HELP views_total A sentence.\n# TYPE views_total counter\n";

describe("the worst case of a metric", () => {
  test("is all that the catalog declares, with names and values as they are", () => {
    const routes = ["/", "/cart", "/größe"];
    const known = routes.map((route) => ({ route }));
    const text = routes.map((route) => `views_total{route="${route}"} 9007199254740991\n`).join("");
    expect(
      sizeOf({ ...base, name: "views_total", type: "counter", labels: ["route"], known, maxSeries: 3 }),
    ).toEqual({ metric: "views_total", series: 3, lines: 3, bytes: Buffer.byteLength(HEAD + text) });
  });

  test("has values that may be anything as long as they may be, and as many as there is room for", () => {
    const line = `views_total{element="${"x".repeat(10)}",kind="tap"} 9007199254740991\n`;
    expect(
      sizeOf({
        ...base,
        name: "views_total",
        type: "counter",
        labels: ["element", "kind"],
        values: { kind: ["tap"] },
        rules: { element: { maxLength: 10 } },
      }),
    ).toEqual({ metric: "views_total", series: 6, lines: 6, bytes: (HEAD + line.repeat(6)).length });
  });

  test("is no more than the product of the sets, where that is less than there is room for", () => {
    const values = { a: ["1", "2"], b: ["1", "2"] };
    expect(
      sizeOf({ ...base, name: "views_total", type: "counter", labels: ["a", "b"], values }),
    ).toMatchObject({ series: 4 });
  });

  test("of a histogram has the lines of its buckets, sum and count", () => {
    expect(
      sizeOf({ ...base, name: "wait_seconds", type: "histogram", labels: ["a"], buckets: [0.1, 1] }),
    ).toMatchObject({ series: 6, lines: 6 * 5 });
  });

  test("of an open metric is its budget where it declares more", () => {
    const { metrics } = buildWorstCase(
      [{ ...base, name: "views_total", type: "counter", labels: ["a"], maxSeries: 5_000 }],
      { perMetric: 20 },
    );
    expect(metrics).toMatchObject([{ series: 20 }]);
  });
});

describe("the largest scrape of a metric", () => {
  const size = (descriptor: MetricDescriptor): MetricSize | undefined => buildLargestScrape([descriptor])[0];
  const exemplar = ` # {trace_id="${"f".repeat(32)}",span_id="${"f".repeat(16)}"} 9007199254740991 1999999999.9995\n`;

  test("is OpenMetrics with times of creation, exemplars, and letters of three bytes", () => {
    const head = "# HELP views A sentence.\n# TYPE views counter\n";
    const lines = Array.from({ length: 6 }, () => {
      const labels = `{element="${"\u{20ac}".repeat(9)}0"}`;
      return `views_total${labels} 9007199254740991${exemplar}views_created${labels} 2000000000\n`;
    });
    expect(
      size({
        ...base,
        name: "views_total",
        type: "counter",
        labels: ["element"],
        rules: { element: { maxLength: 10 } },
      }),
    ).toEqual({
      metric: "views_total",
      series: 6,
      lines: 12,
      bytes: Buffer.byteLength(head + lines.join("")),
    });
  });

  test("has an exemplar in each bucket, and none for money and gauges", () => {
    const histogram = {
      ...base,
      name: "wait_seconds",
      type: "histogram",
      labels: ["a"],
      buckets: [0.1, 1],
    } as const;
    expect(size(histogram)).toMatchObject({ series: 6, lines: 6 * 6 });
    const gauge = { ...base, name: "depth", type: "gauge", labels: ["a"] } as const;
    expect(size(gauge)).toMatchObject({ series: 6, lines: 6 });
  });

  test("shows no time of creation of a series that the catalog declares", () => {
    const known = [{ a: "1" }, { a: "2" }];
    expect(
      size({ ...base, name: "views_total", type: "counter", labels: ["a"], known, maxSeries: 2 }),
    ).toMatchObject({ series: 2, lines: 2 });
  });
});

test("the usual case has the series that are asked for, with short values", () => {
  const line = `views_total{element="${"x".repeat(11)}0"} 12345\n`;
  const descriptor = { ...base, name: "views_total", type: "counter", labels: ["element"] } as const;
  expect(buildUsualCase([descriptor], () => 2)).toEqual([
    { metric: "views_total", series: 2, lines: 2, bytes: (HEAD + line.repeat(2)).length },
  ]);
});
