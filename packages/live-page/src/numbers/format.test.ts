import type { LiveFigure } from "@rumkit/protocol";
import { describe, expect, test } from "vitest";
import {
  countThings,
  formatFigure,
  renderAge,
  renderBytes,
  renderDetails,
  renderFigure,
  renderLabels,
  renderSpan,
  renderTick,
  renderTotal,
} from "./format.ts";

type Row = [unit: LiveFigure["unit"], decimals: number, value: number | null, text: string];

test.each<Row>([
  ["per_second", 1, 0, "0.0 per second"],
  ["per_second", 1, 0.3666, "0.4 per second"],
  ["per_second", 1, 8, "8.0 per second"],
  ["per_second", 1, 1234.5, "1,234.5 per second"],
  ["per_second", 1, 45_678, "45.7K per second"],
  ["count", 0, 128, "128"],
  ["ratio", 1, 0.0223, "2.2%"],
  ["ratio", 1, 1.5, "150.0%"],
  ["milliseconds", 0, 182.4, "182 ms"],
  ["seconds", 2, 2.314, "2.31 s"],
  ["seconds", 2, null, "–"],
  ["score", 2, 0.1, "0.10"],
])("%s with %s decimals, %s, is written %s", (unit, decimals, value, text) => {
  expect(renderFigure({ unit, decimals }, value)).toBe(text);
});

test.each([
  [0, "0 B"],
  [0.25, "0.25 B"],
  [999, "999 B"],
  [999.6, "1 kB"],
  [1_000, "1 kB"],
  [884_400, "884 kB"],
  [999_900, "1 MB"],
  [1_234_000, "1.23 MB"],
  [2.5e15, "2,500 TB"],
])("%s bytes are written %s", (bytes, text) => {
  expect(renderBytes(bytes)).toBe(text);
});

describe("money in minor units", () => {
  test.each([
    ["USD", 42_010, "$420.10"],
    ["EUR", 124_050, "€1,240.50"],
    ["JPY", 1240, "¥1,240"],
    ["USD", 123_456_700, "$1,234,567.00"],
  ])("%s %s is written %s", (currency, value, number) => {
    expect(formatFigure({ unit: "money", currency, decimals: 2 }, value)).toEqual({ number, unit: "" });
  });

  test.each([
    ["USD", 3_178_400, "$31,784"],
    ["USD", 10_050, "$101"],
    ["USD", 9_999, "$99.99"],
    ["JPY", 31_784, "¥31,784"],
    ["KWD", 45, "KWD 0.045"],
  ])("%s %s a minute is written %s, with cents below a hundred only", (currency, value, number) => {
    const measure = { unit: "money", currency, decimals: 2, per: "minute" } as const;
    expect(formatFigure(measure, value)).toEqual({
      number: number.replace(" ", "\u00A0"),
      unit: "per minute",
    });
  });

  test("a currency that Intl rejects is appended unchanged", () => {
    expect(renderFigure({ unit: "money", currency: "gold coins", decimals: 2 }, 300)).toBe("3.00 gold coins");
  });
});

test("marks of the axis are short and have a unit", () => {
  expect(renderTick({ unit: "seconds", decimals: 2 }, 2.5)).toBe("2.5 s");
  expect(renderTick({ unit: "seconds", decimals: 2 }, 0.2)).toBe("200 ms");
  expect(renderTick({ unit: "ratio", decimals: 1 }, 0.02)).toBe("2%");
  expect(renderTick({ unit: "money", currency: "USD", decimals: 2 }, 150_000)).toBe("$1.5K");
  expect(renderTick({ unit: "per_second", decimals: 1 }, 0)).toBe("0");
});

test("durations and ages are short", () => {
  expect(renderSpan(60)).toBe("60 s");
  expect(renderSpan(300)).toBe("5 min");
  expect(renderAge(-200)).toBe("0 s");
  expect(renderAge(4_900)).toBe("4 s");
  expect(renderAge(185_000)).toBe("3 min");
});

test("details are key=value; text with spaces is quoted, long text is cut", () => {
  expect(renderDetails({ details: { price: 19.99, gift: true, note: "for you", none: null } })).toEqual([
    "price=19.99",
    "gift=true",
    'note="for you"',
    "none=null",
  ]);
  expect(renderDetails({ details: { long: "x".repeat(2048) } })[0]!.length).toBeLessThan(130);
});

test("money of an event comes first, as money", () => {
  const money = { amount: 2850, currency: "USD" };
  expect(renderDetails({ money, details: { id: 7 } })).toEqual(["$28.50", "id=7"]);
});

test("labels look as in an exposition, and totals have all digits", () => {
  expect(renderLabels({ route: '/a"b', device: "mobile" })).toBe('route="/a\\"b", device="mobile"');
  expect(renderTotal({ metric: "m", labels: {}, value: 1234567.89 })).toBe("1,234,567.89");
  expect(renderTotal({ metric: "m", labels: {}, value: 12, sum: 3.5 })).toBe("12 observed, sum 3.5");
});

test("one thing is one, and every other number is several", () => {
  expect([0, 1, 2, 1204].map((errors) => countThings(errors, "error"))).toEqual([
    "0 errors",
    "1 error",
    "2 errors",
    "1,204 errors",
  ]);
  expect([1, 2].map((batches) => countThings(batches, "batch", "batches"))).toEqual(["1 batch", "2 batches"]);
});
