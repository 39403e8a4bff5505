import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeMetrics } from "../metrics/describeMetrics.ts";
import { createRecorder } from "../metrics/recorder.ts";
import type { Sample } from "../metrics/sample.ts";
import { scaleSamples } from "./scaleSamples.ts";

const catalog = {
  app: "shop",
  routes: ["/"],
  conversions: { wish: { help: "Wishes.", value: { money: ["USD"] } } },
};

function totalsOf(samples: readonly Sample[]) {
  const recorder = createRecorder(describeMetrics(catalog));
  for (const sample of samples) recorder.record(sample);
  return recorder.totals();
}

const times = fc.option(fc.integer({ min: 1, max: 10_000 }), { nil: undefined });
const labels = { route: "/", navigation: "hard", experience: "good" };
const view = times.map((count): Sample => ({
  metric: "rum_page_views_total",
  labels,
  value: 1,
  ...(count !== undefined && { times: count }),
}));
const vital = fc.double({ min: 0, max: 600, noNaN: true }).map((value): Sample => ({
  metric: "rum_lcp_seconds",
  labels: { route: "/", navigation: "hard" },
  value,
}));
const money = fc.tuple(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 10_000 }));
const wish = money.map(([value, count]): Sample => ({
  metric: "rum_conversion_value_total",
  labels: { conversion: "wish", currency: "USD" },
  value,
  times: count,
}));
const samples = fc.array(fc.oneof(view, vital, wish));

describe("samples that stand for others", () => {
  test("with a rate of 1 are exactly what they were", () => {
    fc.assert(
      fc.property(samples, (before) => {
        expect(scaleSamples(before, 1)).toEqual(before);
        expect(totalsOf(scaleSamples(before, 1))).toEqual(totalsOf(before));
      }),
    );
  });

  test("with a whole weight are what so many equal samples would have counted", () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(0.5, 0.2, 0.1, 0.05, 0.01), (before, rate) => {
        const weight = Math.round(1 / rate);
        const repeated = before.map((sample) => ({ ...sample, times: (sample.times ?? 1) * weight }));
        expect(totalsOf(scaleSamples(before, rate))).toEqual(totalsOf(repeated));
      }),
    );
  });

  test("with any rate bring whole minor units, at most half a unit off", () => {
    fc.assert(
      fc.property(money, fc.double({ min: 0.0001, max: 1, noNaN: true }), ([value, count], rate) => {
        const sample = {
          metric: "rum_conversion_value_total",
          labels: { conversion: "wish", currency: "USD" },
        };
        const [total] = totalsOf(scaleSamples([{ ...sample, value, times: count }], rate));
        const expected = (value * count) / rate;
        expect(Math.abs((total?.value ?? 0) * 100 - expected)).toBeLessThanOrEqual(0.5 + expected * 1e-12);
      }),
    );
  });
});
