import { createCollector, describeMetrics } from "@rumkit/server";
import { renderRules } from "rumkit/generate";
import { onTestFinished, expect, test } from "vitest";
import { catalog } from "./catalog.ts";

async function samplesOfStart(): Promise<string[]> {
  const collector = createCollector({ catalog });
  onTestFinished(() => collector.stop());
  const text = await (await collector.app.request("/metrics")).text();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

test("before its first visitor the shop has a third of the series that all products of labels would be", async () => {
  const samples = await samplesOfStart();
  // 2,232 when every label set of a closed product was shown as 0, and a limit for each metric.
  expect(samples.length).toBeLessThan(900);
  expect(samples.filter((line) => line.startsWith("rum_series_limit"))).toHaveLength(1);
});

test("every counter of a closed set that an alert reads is there as 0, so that its first event is an increase", async () => {
  const samples = await samplesOfStart();
  const descriptors = describeMetrics(catalog);
  const rules = renderRules(descriptors, catalog);
  const read = descriptors.filter(
    ({ name, type, labels, known, values = {} }) =>
      type === "counter" &&
      rules.includes(name) &&
      (known.length > 0 || labels.every((label) => Object.hasOwn(values, label))),
  );
  expect(read.length).toBeGreaterThan(10);
  // Sessions are what an alert divides by: before the first one it has nothing to divide.
  // The shop pushes nothing.
  const late = [
    "rum_sessions_total",
    "rum_push_requests_total",
    "rum_push_dropped_samples_total",
    "rum_series_folded_total",
  ];
  const missing = read.filter(({ name }) => !samples.some((line) => line.startsWith(name)));
  expect(missing.map(({ name }) => name)).toEqual(late);
});
