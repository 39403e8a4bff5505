import { describeMetrics } from "@rumkit/server";
import { expect, test } from "vitest";
import { readDuration } from "./duration.ts";
import { usualSeries } from "./usualSeries.ts";

test.each([
  ["15s", 15],
  ["1m", 60],
  ["1m30s", 90],
  ["1h", 3600],
  ["1d2h", 93_600],
  ["500ms", 0.5],
  ["0s", undefined],
  ["", undefined],
  ["15", undefined],
  ["s", undefined],
  ["30s1m", undefined],
  ["1.5m", undefined],
  ["-1m", undefined],
  ["9999999s", undefined],
])("the duration %j has %s seconds", (text, seconds) => {
  expect(readDuration(text)).toBe(seconds);
});

const catalog = {
  app: "shop",
  routes: ["/", "/cart"],
  endpoints: ["/api/a", "/api/b", "/api/c"],
  actions: { add: { help: "Adds.", labels: { element: ["a", "b"], kind: ["x", "y", "z"] } } },
  measurements: {
    pay: {
      help: "Paying.",
      unit: "seconds",
      buckets: [1],
      from: "server",
      labels: { method: ["card", "cash"] },
    },
  },
} as const;
const families = new Map(describeMetrics(catalog).map((family) => [family.name, family]));
const usual = (name: string): number => usualSeries(families.get(name)!, catalog);

test.each([
  ["what is exposed from the start", "rum_actions_total", 6],
  ["labels of the catalog with all their values", "pay_seconds", 2],
  ["three routes in two kinds of navigation", "rum_lcp_seconds", 6],
  ["the endpoints of the catalog", "http_request_duration_seconds", 3],
  ["some elements", "rum_clicks_total", 30],
  ["one app and one release", "app_info", 1],
  ["nothing that only a fault fills", "rum_metric_read_failures_total", 0],
  ["no streams", "streams_started_total", 0],
])("usually there is %s: %s", (_what, name, series) => {
  expect(usual(name)).toBe(series);
});

test("the usual number of series is never above the maximum, nor below what is there from the start", () => {
  for (const [name, family] of families) {
    expect(usual(name), name).toBeLessThanOrEqual(family.maxSeries);
    expect(usual(name), name).toBeGreaterThanOrEqual(family.known.length);
  }
});
