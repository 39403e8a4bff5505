import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, onTestFinished, test } from "vitest";
import { catalog } from "../../../../examples/shop/catalog.ts";
import { createCollector } from "../collector/createCollector.ts";
import { describeMetrics } from "../collector/parts.ts";
import { describeForMachines } from "./describeForMachines.ts";
import { combineLabels, expandLabels } from "./labelCombinations.ts";

const descriptors = describeMetrics(catalog);
const described = describeForMachines(descriptors, {
  app: "shop",
  matchers: 'job="shop"',
  origin: "Served by the collector of shop.",
});
const find = (name: string) => described.metrics.find((metric) => metric.name === name)!;

test("GET /api/rumkit/metrics.json is the description of rumkit generate, valid by the schema", async () => {
  const collector = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  const answer = await collector.app.request("/api/rumkit/metrics.json");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("application/json");
  const served = (await answer.json()) as object;
  expect(served).toEqual(JSON.parse(JSON.stringify(described)));
  const schema = readFileSync(join(import.meta.dirname, "../../../../docs/metrics.schema.json"), "utf8");
  const isValid = new Ajv2020({ strict: true, strictRequired: false }).compile(JSON.parse(schema) as object);
  isValid(served);
  expect(isValid.errors).toBeNull();
});

test("a collector without a catalog describes what it counts, too", async () => {
  const collector = createCollector({ runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  const { metrics } = (await (await collector.app.request("/api/rumkit/metrics.json")).json()) as {
    metrics: { name: string }[];
  };
  expect(metrics.map(({ name }) => name)).toContain("rum_page_views_total");
});

test("a description has every label set that is known from the start", () => {
  for (const { name, known } of descriptors) {
    const sets = expandLabels(
      known.map((labels) => Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, [value]]))),
    );
    if (known.length > 0) expect([name, expandLabels(find(name).combinations)]).toEqual([name, sets]);
  }
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
