import { expect, test } from "vitest";
import { summarizeSeries } from "./series.ts";

test("a summary skips gaps; its current value is the last second's, gap or not", () => {
  const series = { from: 0, to: 3, seconds: [0, 1, 2, 3], values: [4, 2, 8, null] };
  expect(summarizeSeries(series)).toEqual({ current: null, min: 2, max: 8 });
});
