import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describeMetrics } from "@rumkit/server";
import { parser } from "@prometheus-io/lezer-promql";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { catalog } from "../../../../examples/shop/catalog.ts";
import { combineLabels, expandLabels } from "./labelCombinations.ts";
import { describeForMachines } from "./metricsJson.ts";

const descriptors = describeMetrics(catalog);
const described = describeForMachines(descriptors, {
  app: "shop",
  scrapeJobs: ["web"],
  selector: 'cluster="eu"',
});
const find = (name: string) => described.metrics.find((metric) => metric.name === name)!;

const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../../../docs/metrics.schema.json"), "utf8"),
) as object;
const isValid = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema);

describe("the description of metrics for machines", () => {
  test("is valid by its schema, with every metric", () => {
    isValid(JSON.parse(JSON.stringify(described)));
    expect(isValid.errors).toBeNull();
    expect(described.metrics.map(({ name }) => name)).toEqual(descriptors.map(({ name }) => name));
  });

  test.each([
    ["another version", { ...described, version: 2 }],
    [
      "a histogram without buckets",
      { ...described, metrics: [{ ...find("rum_lcp_seconds"), buckets: undefined }] },
    ],
    ["a counter with buckets", { ...described, metrics: [{ ...find("revenue_total"), buckets: [1] }] }],
    ["a metric without queries", { ...described, metrics: [{ ...find("revenue_total"), queries: [] }] }],
    ["a name in capitals", { ...described, metrics: [{ ...find("revenue_total"), name: "Revenue" }] }],
  ])("%s is invalid by the schema", (_what, wrong) => {
    expect(isValid(JSON.parse(JSON.stringify(wrong)))).toBe(false);
  });

  test("has type, unit, closed values, combinations and cost of a metric", () => {
    expect(find("rum_actions_total")).toMatchObject({
      type: "counter",
      unit: "none",
      side: "page",
      labels: [
        { name: "action", values: ["search", "add_to_cart", "remove_from_cart"] },
        { name: "category", values: ["books", "games", "music"] },
      ],
      combinations: [
        { action: ["search"] },
        { action: ["add_to_cart", "remove_from_cart"], category: ["books", "games", "music"] },
      ],
      maxSeries: 7,
      maxLines: 7,
    });
    expect(find("payment_duration_seconds")).toMatchObject({
      buckets: catalog.measurements.payment_duration.buckets,
      combinations: [{ payment_method: ["card", "paypal"] }],
      maxLines: 2 * (7 + 3),
    });
    expect(find("rum_clicks_total")).toMatchObject({ labels: [{ name: "element" }], combinations: [] });
  });

  test("says how to read a value, and asks Prometheus for it", () => {
    expect(find("revenue_total")).toMatchObject({
      meaning: expect.stringMatching(
        /^A total, in major units of the label currency.*use rate or increase\. Server code/,
      ) as string,
      queries: [
        {
          question: "Per second by conversion and currency.",
          promql: 'sum by (conversion, currency) (rate(revenue_total{job="web",cluster="eu"}[5m]))',
        },
        {
          question: "In the last day by currency.",
          promql: 'sum by (currency) (increase(revenue_total{job="web",cluster="eu"}[1d]))',
        },
      ],
    });
    expect(find("rum_lcp_seconds").queries[0]).toEqual({
      question: "The 75th percentile by route.",
      promql:
        'histogram_quantile(0.75, sum by (le, route) (rate(rum_lcp_seconds_bucket{job="web",cluster="eu"}[30m])))',
    });
    expect(find("app_info").meaning).toMatch(/^Always 1: its labels are the information\./);
  });

  test("has only queries that PromQL can read, of the app's job only", () => {
    for (const { name, queries } of described.metrics) {
      for (const { promql } of queries) {
        let isWrong = false;
        parser.parse(promql).iterate({ enter: ({ type }) => void (isWrong ||= type.isError) });
        expect([name, promql, isWrong]).toEqual([name, promql, false]);
        const selectors = promql.match(/\{[^}]*\}/g) ?? [];
        expect(selectors.filter((selector) => !selector.startsWith('{job="web",cluster="eu"'))).toEqual([]);
        expect(selectors.length).toBeGreaterThan(0);
      }
    }
  });

  test("has every label set that is known from the start", () => {
    for (const { name, known } of descriptors) {
      const sets = expandLabels(
        known.map((labels) =>
          Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, [value]])),
        ),
      );
      if (known.length > 0) expect([name, expandLabels(find(name).combinations)]).toEqual([name, sets]);
    }
  });
});

test("sets that are not a product are listed one by one", () => {
  const sets = [{ a: "1", b: "x" }, { a: "1", b: "y" }, { a: "2", b: "x" }, {}];
  expect(combineLabels(sets)).toEqual([{ a: ["1"], b: ["x", "y"] }, { a: ["2"], b: ["x"] }, {}]);
  const uneven = [
    { a: "1", b: "x", c: "p" },
    { a: "1", b: "y", c: "q" },
  ];
  expect(combineLabels(uneven)).toEqual([
    { a: ["1"], b: ["x"], c: ["p"] },
    { a: ["1"], b: ["y"], c: ["q"] },
  ]);
  expect(combineLabels([])).toEqual([]);
});
