import { expect, test } from "vitest";
import { ceilingOf } from "./scale.ts";
import { selectSeries, summarizeSeries } from "./series.ts";

const points = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ second: from + index, values: [index, null] }));

test("the last window is selected, one series per figure", () => {
  const [first, second] = selectSeries(points(1000, 1900), 2, 300);
  expect(first).toMatchObject({ from: 1600, to: 1900 });
  expect(first?.seconds[0]).toBe(1600);
  expect(first?.values.at(-1)).toBe(900);
  expect(second?.values.every((value) => value === null)).toBe(true);
});

test("a short history gets a short axis, but never less than a minute", () => {
  expect(selectSeries(points(1000, 1010), 1, 300)[0]).toMatchObject({ from: 950, to: 1010 });
  expect(selectSeries(points(1000, 1100), 1, 300)[0]).toMatchObject({ from: 1000, to: 1100 });
});

test("a point without a value for a figure, and a page without points, are gaps", () => {
  expect(selectSeries([{ second: 5, values: [] }], 1, 60)[0]?.values).toEqual([null]);
  expect(selectSeries([], 1, 60)[0]?.values).toEqual([]);
});

test("a summary skips gaps; its current value is the last second's, gap or not", () => {
  const series = { from: 0, to: 3, seconds: [0, 1, 2, 3], values: [4, 2, 8, null] };
  expect(summarizeSeries(series)).toEqual({ current: null, min: 2, max: 8 });
});

test("the maximum of an axis is round, above the highest value and stable under small changes", () => {
  expect(ceilingOf(103, "count")).toBe(120);
  expect(ceilingOf(101, "count")).toBe(120);
  expect(ceilingOf(0.226, "seconds")).toBe(0.25);
  for (let max = 0.001; max < 1e7; max *= 1.37) expect(ceilingOf(max, "per_second")).toBeGreaterThan(max);
});

test("a figure at zero has an axis", () => {
  expect(ceilingOf(0, "ratio")).toBe(0.02);
  expect(ceilingOf(0, "count")).toBe(2);
});
