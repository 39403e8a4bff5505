import { expect, test } from "vitest";
import { createFrameRate } from "./frameRate.ts";

/** Flushes that take so many milliseconds, until the rate has settled. */
function settle(cost: number, viewers = 0): number {
  let clock = 0;
  const rate = createFrameRate(() => clock);
  const meter = rate.open();
  for (let flush = 0; flush < 50; flush += 1) {
    meter.measure(() => {
      clock += cost;
      return viewers;
    });
  }
  return 1000 / rate.intervalMs;
}

test("there are 30 frames a second while they take less than 2 % of a core, and fewer under load, down to 4", () => {
  expect(settle(0)).toBeCloseTo(30);
  expect(settle(0.6)).toBeCloseTo(30);
  expect(settle(1)).toBeCloseTo(20);
  expect(settle(2)).toBeCloseTo(10);
  expect(settle(100)).toBeCloseTo(4);
});

test("writing to viewers counts: a thousand get 4 frames a second", () => {
  expect(settle(0, 1)).toBeCloseTo(30);
  expect(settle(0, 1_000)).toBeCloseTo(4);
});

test("all subscriptions share the core", () => {
  let clock = 0;
  const rate = createFrameRate(() => clock);
  const flush = (): number => {
    clock += 1;
    return 0;
  };
  const meters = Array.from({ length: 4 }, () => rate.open());
  for (const meter of meters) meter.measure(flush);
  expect(rate.intervalMs).toBeCloseTo(200);
  for (const meter of meters.slice(1)) meter.close();
  expect(rate.intervalMs).toBeCloseTo(50);
});
