import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { createDelayReading, createOverload, type Load } from "./overload.ts";

const calm: Load = { delayMs: 1, journalMs: 0 };

/** The levels after each reading. */
function levels(loads: readonly Load[]): number[] {
  let load = calm;
  const overload = createOverload(() => load);
  return loads.map((next) => {
    load = next;
    overload.read();
    return overload.level;
  });
}

const late: Load = { delayMs: 600, journalMs: 0 };
const times = (count: number, load: Load): Load[] => Array.from({ length: count }, () => load);

test("rises a step for each three busy seconds, by the loop or by the journal, and falls for each five calm", () => {
  expect(levels([...times(8, late), ...times(10, calm)])).toEqual([
    0, 0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 0,
  ]);
  expect(levels(times(9, { delayMs: 0, journalMs: 6_000 }))).toEqual([0, 0, 1, 1, 1, 2, 2, 2, 3]);
});

test("one that blocks the loop for two seconds leaves nothing out", () => {
  expect(levels([calm, late, late, calm, late, late, calm])).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test("leaves out clicks first, page views and vitals next, conversions and errors never", () => {
  let load = calm;
  const overload = createOverload(() => load);
  const shed = () =>
    (
      ["click", "long_task", "resource_error", "api_call", "page_view", "LCP", "conversion", "error"] as const
    ).filter((type) => overload.sheds(type));
  expect(shed()).toEqual([]);
  load = { delayMs: 200, journalMs: 0 };
  for (let second = 0; second < 3; second += 1) overload.read();
  expect(shed()).toEqual(["click", "long_task", "resource_error", "api_call"]);
  load = { delayMs: 500, journalMs: 0 };
  for (let second = 0; second < 3; second += 1) overload.read();
  expect(shed()).toEqual(["click", "long_task", "resource_error", "api_call", "page_view", "LCP"]);
});

test("a loop that is blocked again and again is read as late", async () => {
  const delay = createDelayReading();
  onTestFinished(() => delay.stop());
  // The first interval after a reading is not measured, and some short ones come between two rounds.
  await expect
    .poll(async () => {
      for (let block = 0; block < 6; block += 1) {
        const end = performance.now() + 250;
        while (performance.now() < end);
        await wait(0);
      }
      return delay.read();
    })
    .toBeGreaterThan(200);
});
