import fc from "fast-check";
import { expect, test } from "vitest";
import {
  addToSketch,
  closeSketch,
  createSketch,
  mergeSketch,
  type QuantileSketch,
  quantileOf,
} from "./quantileSketch.ts";

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch = createSketch();
  for (const value of values) addToSketch(sketch, value, 1);
  return sketch;
}

test("a quantile is right within 1 %", () => {
  const values = fc.array(fc.double({ min: 0.002, max: 600, noNaN: true }), {
    minLength: 1,
    maxLength: 500,
  });
  fc.assert(
    fc.property(values, fc.constantFrom(0.5, 0.75, 0.95, 0.99), (observed, q) => {
      const exact = observed.toSorted((a, b) => a - b)[Math.ceil(q * observed.length) - 1]!;
      const estimate = quantileOf(sketchOf(observed), q)!;
      expect(Math.abs(estimate - exact) / exact).toBeLessThanOrEqual(0.0101);
    }),
  );
});

test("sketches of two seconds add up to the sketch of both", () => {
  const merged = sketchOf([1, 2]);
  mergeSketch(merged, closeSketch(sketchOf([2, 3])));
  expect(merged).toEqual(sketchOf([1, 2, 2, 3]));
});

test("zeros are values too", () => {
  expect(quantileOf(sketchOf([0, 0, 0, 5]), 0.5)).toBe(0);
});

test("values beyond ten minutes are one bin: a sketch does not grow", () => {
  expect(quantileOf(sketchOf([1e9, 1e12]), 0.5)).toBeCloseTo(600, -1);
});

test("nothing has no quantile", () => {
  expect(quantileOf(createSketch(), 0.5)).toBeNull();
});
