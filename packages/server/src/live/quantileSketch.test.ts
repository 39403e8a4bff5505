import fc from "fast-check";
import { expect, test } from "vitest";
import { addToSketch, mergeSketch, type QuantileSketch, quantileOf } from "./quantileSketch.ts";

function sketchOf(values: readonly number[]): QuantileSketch {
  const sketch: QuantileSketch = new Map();
  for (const value of values) addToSketch(sketch, value, 1);
  return sketch;
}

test("a quantile is right within 1 %", () => {
  const values = fc.array(fc.double({ min: 0.0001, max: 600, noNaN: true }), {
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
  mergeSketch(merged, sketchOf([2, 3]));
  expect(merged).toEqual(sketchOf([1, 2, 2, 3]));
});

test("zeros are values too", () => {
  expect(quantileOf(sketchOf([0, 0, 0, 5]), 0.5)).toBe(0);
});

test("nothing has no quantile", () => {
  expect(quantileOf(new Map(), 0.5)).toBeNull();
});
