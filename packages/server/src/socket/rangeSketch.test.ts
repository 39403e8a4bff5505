import fc from "fast-check";
import { expect, test } from "vitest";
import { addToSketch, createSketch, mergeSketch, quantileOf } from "./rangeSketch.ts";

/** Milliseconds to hours, as seconds; and rates up to a million. */
const values = fc.array(fc.double({ min: 0.0001, max: 900_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

test("quantiles are right within 2 %, whatever the values, also of merged sketches", () => {
  fc.assert(
    fc.property(values, values, fc.constantFrom(0.5, 0.75, 0.9, 0.99), (first, second, q) => {
      const merged = createSketch();
      for (const part of [first, second]) {
        const sketch = createSketch();
        for (const value of part) addToSketch(sketch, value, 1);
        mergeSketch(merged, sketch);
      }
      const sorted = [...first, ...second].toSorted((a, b) => a - b);
      const exact = sorted[Math.ceil(q * sorted.length) - 1]!;
      expect(Math.abs(quantileOf(merged, q) / exact - 1)).toBeLessThan(0.021);
    }),
  );
});

test("a sketch stays small, from nothing to infinity", () => {
  const sketch = createSketch();
  for (const value of [0, 1e-12, 1e12, Number.POSITIVE_INFINITY]) addToSketch(sketch, value, 1);
  expect(sketch.counts.length).toBeLessThan(700);
  expect(quantileOf(createSketch(), 0.5)).toBe(0);
});
