import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import { createRecorder } from "../metrics/recorder.ts";
import type { Sample } from "../metrics/sample.ts";
import { scaleSamples, scaleTimes } from "./judgeBatch.ts";

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
const anyRate = fc.double({ min: 0.0001, max: 1, noNaN: true });
const luck = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

describe("samples that stand for others", () => {
  test("with a rate of 1 are exactly what they were", () => {
    fc.assert(
      fc.property(samples, (before) => {
        expect(scaleSamples(before, 1, 0.5)).toEqual(before);
        expect(totalsOf(scaleSamples(before, 1, 0.5))).toEqual(totalsOf(before));
      }),
    );
  });

  test("with a whole weight are what so many equal samples would have counted, whatever the luck", () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(0.5, 0.2, 0.1, 0.05, 0.01), luck, (before, rate, drawn) => {
        const weight = Math.round(1 / rate);
        const repeated = before.map((sample) => ({ ...sample, times: (sample.times ?? 1) * weight }));
        expect(totalsOf(scaleSamples(before, rate, drawn))).toEqual(totalsOf(repeated));
      }),
    );
  });

  test("with any rate stand for a whole number of others, less than one off, all of an event for the same", () => {
    fc.assert(
      fc.property(samples, anyRate, luck, (before, rate, drawn) => {
        for (const [index, { times: scaled = 1 }] of scaleSamples(before, rate, drawn).entries()) {
          const own = before[index]!.times ?? 1;
          expect(Number.isInteger(scaled)).toBe(true);
          expect(Math.abs(scaled - own / rate)).toBeLessThanOrEqual(1 + (own / rate) * 1e-12);
          expect(scaleTimes(own, rate, drawn)).toBe(scaled);
        }
      }),
    );
  });

  test("are on average what they stand for, over all luck that there is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), anyRate, (own, rate) => {
        const draws = 10_000;
        const all = Array.from({ length: draws }, (_, draw) => scaleTimes(own, rate, (draw + 0.5) / draws));
        const mean = all.reduce((sum, scaled) => sum + scaled, 0) / draws;
        expect(Math.abs(mean - own / rate)).toBeLessThanOrEqual(1 / draws + (own / rate) * 1e-12);
      }),
    );
  });
});
