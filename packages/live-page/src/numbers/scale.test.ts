import fc from "fast-check";
import { expect, test } from "vitest";
import { renderTick } from "./format.ts";
import { ceilingOf, valueMarks } from "./scale.ts";

const UNITS = ["count", "per_second", "ratio", "seconds", "milliseconds", "bytes", "score", "money"] as const;

test("the marks of any axis are few, evenly spaced, of one digit and zeros, and the last is above the line", () => {
  const max = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(max, fc.constantFrom(...UNITS), fc.constantFrom(3, 4), (highest, unit, most) => {
      const top = ceilingOf(highest, unit, most);
      const marks = valueMarks(top, most);
      expect(top).toBeGreaterThan(highest);
      expect(marks[0]).toBe(0);
      expect(marks.at(-1)).toBe(top);
      expect(marks.length).toBeLessThanOrEqual(most + 1);
      const step = marks[1]!;
      expect(Number(step.toPrecision(1))).toBe(step);
      marks.forEach((mark, index) => expect(mark).toBeCloseTo(index * step, 9));
    }),
  );
});

test("a mark of money is a whole amount, or has all its digits", () => {
  const max = fc.integer({ min: 0, max: 1e9 });
  fc.assert(
    fc.property(max, fc.constantFrom("USD", "JPY", "KWD"), (highest, currency) => {
      const measure = { unit: "money", currency, decimals: 2 } as const;
      for (const mark of valueMarks(ceilingOf(highest, "money", 4), 4)) {
        const text = renderTick(measure, mark);
        expect(text).toMatch(/^\D*(\d{1,3}|\d\.\d\d|0\.\d{3}|\d{1,3}\.\d{2,3}|\d{1,3}(\.\d)?[KMBT])$/);
      }
    }),
  );
});

test("it grows only when it must, so that the line does not move with each value", () => {
  expect(ceilingOf(101, "count", 4)).toBe(ceilingOf(140, "count", 4));
  expect(ceilingOf(0.226, "seconds", 4)).toBe(0.3);
});

test("small values do not look dramatic", () => {
  expect(ceilingOf(0, "ratio", 4)).toBe(0.02);
  expect(ceilingOf(0, "count", 4)).toBe(2);
});
