import { expect, test } from "vitest";
import { createTimes } from "./quantiles.ts";

test("quantiles are at most 2 % too high, and never above the highest", () => {
  const times = createTimes();
  for (let ms = 1; ms <= 1_000; ms++) times.add(ms);
  for (const share of [0.5, 0.95, 0.99]) {
    const exact = share * 1_000;
    expect(times.quantile(share)).toBeGreaterThanOrEqual(exact);
    expect(times.quantile(share)).toBeLessThanOrEqual(exact * 1.02);
  }
  expect(times.quantile(1)).toBe(1_000);
  expect(times.highest()).toBe(1_000);
});

test("without requests, no time is known", () => {
  const times = createTimes();
  expect([times.quantile(0.5), times.highest()]).toEqual([undefined, undefined]);
  times.add(0);
  expect(times.quantile(0.5)).toBe(0);
});
