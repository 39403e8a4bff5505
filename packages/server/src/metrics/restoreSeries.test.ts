import { describe, expect, test } from "vitest";
import type { Catalog } from "@rumkit/protocol";
import { describeMetrics } from "../collector/parts.ts";
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

  test("and of more series than there is room for: nothing of long ago is added to another series", () => {
    const recorder = createRecorder([{ ...descriptors[0]!, known: [], maxSeries: 1 }]);
    const ended: unknown[] = [];
    recorder.onEnd((series) => ended.push(series));
    const saved = ["/a", "/b"].map((route) => ({ metric: "views_total", labels: { route }, value: 3 }));
    expect(recorder.restore(saved)).toEqual([]);
    recorder.record({ metric: "views_total", labels: { route: "/c" }, value: 1 });
    expect(recorder.totals().map(({ labels, value }) => [labels["route"], value])).toEqual([
      ["/a", 3],
      ["/b", 3],
      ["__other__", 1],
    ]);
    expect(ended).toEqual([]);
  });
});

test("counters of the collector's work that older versions kept are neither counted nor returned", () => {
  const own = { ...descriptors[0]!, name: "rum_events_received_total", side: "collector" } as const;
  const { restore, totals } = createRecorder([own]);
  expect(restore([{ metric: own.name, labels: { route: "/" }, value: 340 }])).toEqual([]);
  expect(totals()).toEqual([]);
});

describe("a series that is described differently now is left out, and returned", () => {
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

describe("a catalog that changes, and is put right again", () => {
  const before: Catalog = {
    app: "shop",
    routes: ["/", "/cart"],
    endpoints: ["/api/a"],
    actions: { buy: { help: "B.", labels: { kind: ["x", "y"] } }, go: { help: "G." } },
    conversions: { paid: { help: "P.", from: "server", value: { money: ["USD"] } } },
    features: { dark: { help: "D." } },
    funnels: { buy: ["page_view:/", "action:go"] },
  };
  const saved = [
    { metric: "rum_actions_total", labels: { action: "buy", kind: "x" }, value: 10 },
    { metric: "rum_actions_total", labels: { action: "go" }, value: 7 },
    { metric: "conversions_total", labels: { conversion: "paid" }, value: 2 },
    { metric: "revenue_total", labels: { conversion: "paid", currency: "USD" }, minorUnits: 3998n },
    {
      metric: "rum_page_views_total",
      labels: { route: "/cart", navigation: "soft", experience: "good" },
      value: 5,
    },
    { metric: "rum_feature_usage_total", labels: { feature: "dark" }, value: 4 },
    {
      metric: "rum_funnel_sessions_total",
      labels: { funnel: "buy", step: "2", event: "action:go" },
      value: 3,
    },
    {
      metric: "rum_api_errors_total",
      labels: { api_endpoint: "/api/a", method: "GET", kind: "5xx" },
      value: 6,
    },
  ];
  /** The restored series as `metric{labels} value`, and the number of series that were left out. */
  const restoredBy = (catalog: Catalog): { shown: string[]; leftOut: number } => {
    const { restore, totals } = createRecorder(describeMetrics(catalog));
    const leftOut = restore(saved).length;
    const shown = totals().map(
      ({ metric, labels, value }) => `${metric}{${Object.values(labels).join(",")}} ${value}`,
    );
    return { shown, leftOut };
  };
  const all = restoredBy(before);

  test("shows everything while nothing has changed", () => {
    expect(all).toMatchObject({ leftOut: 0, shown: { length: saved.length } });
  });

  test.each<[change: string, catalog: Partial<Catalog>, gone: readonly string[]]>([
    [
      "a value of a label is gone",
      { actions: { ...before.actions, buy: { help: "B.", labels: { kind: ["y"] } } } },
      ["rum_actions_total{buy,x} 10"],
    ],
    [
      "an action is gone",
      { actions: { buy: before.actions!["buy"]! }, funnels: {} },
      ["rum_actions_total{go} 7", "rum_funnel_sessions_total{buy,2,action:go} 3"],
    ],
    [
      "an action is the server's now",
      { actions: { ...before.actions, go: { help: "G.", from: "server" } }, funnels: {} },
      ["rum_actions_total{go} 7", "rum_funnel_sessions_total{buy,2,action:go} 3"],
    ],
    [
      "a conversion has another name",
      { conversions: { ordered: before.conversions!["paid"]! } },
      ["conversions_total{paid} 2", "revenue_total{paid,USD} 39.98"],
    ],
    [
      "a currency is another",
      { conversions: { paid: { help: "P.", from: "server", value: { money: ["EUR"] } } } },
      ["revenue_total{paid,USD} 39.98"],
    ],
    ["a route is gone", { routes: ["/"] }, ["rum_page_views_total{/cart,soft,good} 5"]],
    [
      "a feature has another name",
      { features: { night: { help: "N." } } },
      ["rum_feature_usage_total{dark} 4"],
    ],
    [
      "a funnel goes another way",
      { funnels: { buy: ["page_view:/", "action:buy"] } },
      ["rum_funnel_sessions_total{buy,2,action:go} 3"],
    ],
    ["an endpoint is gone", { endpoints: ["/api/b"] }, ["rum_api_errors_total{/api/a,GET,5xx} 6"]],
  ])(
    "%s: its history alone is left out, and nothing is added to another series",
    (_change, catalog, gone) => {
      expect(restoredBy({ ...before, ...catalog })).toEqual({
        shown: all.shown.filter((line) => !gone.includes(line)),
        leftOut: gone.length,
      });
    },
  );

  test.each<[change: string, catalog: Partial<Catalog>, was: string, is: string]>([
    [
      "an action that gains a label keeps its history under __other__",
      { actions: { ...before.actions, buy: { help: "B.", labels: { kind: ["x"], size: ["s", "m"] } } } },
      "rum_actions_total{buy,x} 10",
      "rum_actions_total{buy,x,__other__} 10",
    ],
    [
      "an action that gains its first label as well",
      { actions: { ...before.actions, go: { help: "G.", labels: { kind: ["x"] } } } },
      "rum_actions_total{go} 7",
      "rum_actions_total{go,__other__} 7",
    ],
  ])("%s", (_change, catalog, was, is) => {
    const { shown, leftOut } = restoredBy({ ...before, ...catalog });
    expect(leftOut).toBe(0);
    expect(new Set(shown)).toEqual(new Set(all.shown.map((line) => (line === was ? is : line))));
  });

  test("a conversion that gains the label experience keeps its history and its money under __other__", () => {
    const conversions = { paid: { ...before.conversions!["paid"]!, experience: true as const } };
    const { shown, leftOut } = restoredBy({ ...before, conversions });
    expect(leftOut).toBe(0);
    expect(shown).toContain("conversions_total{paid,__other__} 2");
    expect(shown).toContain("revenue_total{paid,USD,__other__} 39.98");
  });

  test("routes that were learned are found again, as many as may be learned", () => {
    const learned = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        metric: "rum_page_views_total",
        labels: { route: `/learned/${index}`, navigation: "hard", experience: "unknown" },
        value: 1,
      }));
    const catalog: Catalog = { app: "shop", routes: ["/"], learnRoutes: { max: 3 } };
    const { restore, families } = createRecorder(describeMetrics(catalog));
    const { maxSeries, known } = families.find(
      ({ descriptor }) => descriptor.name === "rum_page_views_total",
    )!.descriptor;
    const room = maxSeries - known.length;
    expect(restore(learned(room + 2))).toHaveLength(2);
    const strict = createRecorder(describeMetrics({ ...catalog, learnRoutes: false }));
    expect(strict.restore(learned(1))).toHaveLength(1);
  });
});

test("a series is born with its first sample, but those of the catalog and of a journal are older", () => {
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
