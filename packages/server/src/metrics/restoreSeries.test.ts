import { describe, expect, test } from "vitest";
import type { MetricDescriptor } from "./descriptor.ts";
import { createRecorder } from "./recorder.ts";

const base = { help: "A sentence.", side: "page", known: [], maxSeries: 10 } as const;

const descriptors: readonly MetricDescriptor[] = [
  { ...base, name: "views_total", type: "counter", unit: "none", labels: ["route"], known: [{ route: "/" }] },
  { ...base, name: "revenue_total", type: "counter", unit: "currency", labels: ["currency"] },
  { ...base, name: "wait_seconds", type: "histogram", unit: "seconds", labels: ["route"], buckets: [0.1, 1] },
  { ...base, name: "open", type: "gauge", unit: "none", labels: [] },
];

const wait = {
  metric: "wait_seconds",
  labels: { route: "/" },
  buckets: [0.1, 1],
  counts: [1, 2, 0],
  sum: 1.2,
};

describe("counting goes on where a journal had come to", () => {
  test("for counters, known or not", () => {
    const { restore, record, totals } = createRecorder(descriptors);
    restore([
      { metric: "views_total", labels: { route: "/" }, value: 3 },
      { metric: "views_total", labels: { route: "/cart" }, value: 4 },
    ]);
    record({ metric: "views_total", labels: { route: "/cart" }, value: 1 });
    expect(totals().map(({ labels, value }) => [labels["route"], value])).toEqual([
      ["/", 3],
      ["/cart", 5],
    ]);
  });

  test("for money beyond what a double holds", () => {
    const { restore, record, families } = createRecorder(descriptors);
    restore([{ metric: "revenue_total", labels: { currency: "JPY" }, minorUnits: 2n ** 60n }]);
    record({ metric: "revenue_total", labels: { currency: "JPY" }, value: 1 });
    const [series] = families[1]?.series.values() ?? [];
    expect(series).toMatchObject({ minorUnits: 2n ** 60n + 1n });
  });

  test("for histograms, bucket by bucket", () => {
    const { restore, record, families } = createRecorder(descriptors);
    restore([wait]);
    record({ metric: "wait_seconds", labels: { route: "/" }, value: 2 });
    const [series] = families[2]?.series.values() ?? [];
    expect(series).toMatchObject({ counts: new Float64Array([1, 2, 1]), count: 4, sum: 3.2 });
  });

  test("and a series that lacks a label which the catalogue gained", () => {
    const { restore, totals } = createRecorder(descriptors);
    expect(restore([{ metric: "views_total", labels: {}, value: 3 }])).toEqual([]);
    expect(totals()).toEqual([{ metric: "views_total", labels: {}, value: 3 }]);
  });
});

test("what older versions kept of the collector's own work is neither counted nor called left out", () => {
  const own = { ...descriptors[0]!, name: "rum_events_received_total", side: "collector" } as const;
  const { restore, totals } = createRecorder([own]);
  expect(restore([{ metric: own.name, labels: { route: "/" }, value: 340 }])).toEqual([]);
  expect(totals()).toEqual([]);
});

describe("what is described differently now is left out, and returned", () => {
  test.each([
    ["a family that is gone", { metric: "gone_total", labels: {}, value: 1 }],
    ["a label that is gone", { metric: "views_total", labels: { user: "u" }, value: 1 }],
    ["other buckets", { ...wait, buckets: [0.2, 1] }],
    ["more buckets", { ...wait, buckets: [0.1, 1, 2], counts: [1, 2, 0, 0] }],
    ["a counter that is a histogram now", { metric: "wait_seconds", labels: {}, value: 1 }],
    ["a number that is money now", { metric: "revenue_total", labels: { currency: "USD" }, value: 1 }],
    ["a counter that is a gauge now", { metric: "open", labels: {}, value: 1 }],
  ])("%s", (_what, saved) => {
    const { restore, totals } = createRecorder(descriptors);
    expect(restore([saved])).toEqual([saved]);
    expect(totals()).toEqual([]);
  });
});

test("a series is born with its first sample, but those of the catalogue and of a journal are older", () => {
  let at = 1000;
  const { restore, record, families } = createRecorder(descriptors, () => at);
  restore([{ metric: "views_total", labels: { route: "/old" }, value: 3 }]);
  record({ metric: "views_total", labels: { route: "/new" }, value: 1 });
  at = 2000;
  for (const route of ["/", "/old", "/new"]) record({ metric: "views_total", labels: { route }, value: 1 });
  const born = [...(families[0]?.series.values() ?? [])].map(({ labels, bornAt }) => [
    labels["route"],
    bornAt,
  ]);
  expect(born).toEqual([
    ["/", -Infinity],
    ["/old", -Infinity],
    ["/new", 1000],
  ]);
});
