import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
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

test("rises at once, by the loop or by the journal, and falls a step for each five calm seconds", () => {
  const late = { delayMs: 600, journalMs: 0 };
  const quiet = Array.from({ length: 10 }, () => calm);
  expect(levels([calm, { delayMs: 200, journalMs: 0 }, late, ...quiet])).toEqual([
    0, 1, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 0,
  ]);
  expect(levels([{ delayMs: 0, journalMs: 6_000 }])).toEqual([3]);
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
  overload.read();
  expect(shed()).toEqual(["click", "long_task", "resource_error", "api_call"]);
  load = { delayMs: 500, journalMs: 0 };
  overload.read();
  expect(shed()).toEqual(["click", "long_task", "resource_error", "api_call", "page_view", "LCP"]);
});

test("a loop that is blocked is read as late, and as calm again after it", async () => {
  const delay = createDelayReading();
  await wait(60);
  delay.read();
  // The first interval after a reading is not measured.
  await wait(60);
  const end = performance.now() + 300;
  while (performance.now() < end);
  await wait(60);
  expect(delay.read()).toBeGreaterThan(200);
  delay.stop();
});
