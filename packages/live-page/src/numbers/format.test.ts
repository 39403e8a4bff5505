import type { LiveFigure } from "@rumkit/protocol";
import { describe, expect, test } from "vitest";
import {
  formatFigure,
  renderAge,
  renderDetails,
  renderFigure,
  renderLabels,
  renderSpan,
  renderTick,
  renderTotal,
} from "./format.ts";

type Row = [unit: LiveFigure["unit"], value: number | null, text: string];

test.each<Row>([
  ["per_second", 0, "0/s"],
  ["per_second", 0.3666, "0.37/s"],
  ["per_second", 12.34, "12.3/s"],
  ["per_second", 14.02, "14.0/s"],
  ["per_second", 1234.5, "1,235/s"],
  ["per_second", 45_678, "45.7K/s"],
  ["per_minute", 3, "3/min"],
  ["count", 128, "128"],
  ["ratio", 0.0223, "2.23%"],
  ["ratio", 1.5, "150%"],
  ["seconds", 0.0042, "4.2 ms"],
  ["seconds", 0.1824, "182 ms"],
  ["seconds", 2.314, "2.31 s"],
  ["seconds", null, "–"],
])("%s %s is written %s", (unit, value, text) => {
  expect(renderFigure({ unit }, value)).toBe(text);
});

describe("money", () => {
  test.each([
    ["USD", 420.1, "$420.10"],
    ["EUR", 1240.5, "€1,240.50"],
    ["JPY", 1240, "¥1,240"],
    ["USD", 1_234_567, "$1.2M"],
  ])("%s %s is written %s", (currency, value, number) => {
    expect(formatFigure({ unit: "money_per_minute", currency }, value)).toEqual({ number, unit: "/min" });
  });

  test("a currency that Intl rejects is appended unchanged", () => {
    expect(renderFigure({ unit: "money_per_minute", currency: "gold coins" }, 3)).toBe("3 gold coins/min");
  });
});

test("marks of the axis are short and have a unit", () => {
  expect(renderTick({ unit: "seconds" }, 2.5)).toBe("2.5 s");
  expect(renderTick({ unit: "seconds" }, 0.2)).toBe("200 ms");
  expect(renderTick({ unit: "ratio" }, 0.02)).toBe("2%");
  expect(renderTick({ unit: "money_per_minute", currency: "USD" }, 1500)).toBe("$1.5K");
  expect(renderTick({ unit: "per_second" }, 0)).toBe("0");
});

test("durations and ages are short", () => {
  expect(renderSpan(60)).toBe("60 s");
  expect(renderSpan(300)).toBe("5 min");
  expect(renderAge(-200)).toBe("0 s");
  expect(renderAge(4_900)).toBe("4 s");
  expect(renderAge(185_000)).toBe("3 min");
});

test("details are key=value; text with spaces is quoted, long text is cut", () => {
  expect(renderDetails({ price: 19.99, gift: true, note: "for you", none: null })).toEqual([
    "price=19.99",
    "gift=true",
    'note="for you"',
    "none=null",
  ]);
  expect(renderDetails({ long: "x".repeat(2048) })[0]!.length).toBeLessThan(130);
});

test("labels look as in an exposition, and totals have all digits", () => {
  expect(renderLabels({ route: '/a"b', device: "mobile" })).toBe('route="/a\\"b", device="mobile"');
  expect(renderTotal({ metric: "m", labels: {}, value: 1234567.89 })).toBe("1,234,567.89");
  expect(renderTotal({ metric: "m", labels: {}, value: 12, sum: 3.5 })).toBe("12 observed, sum 3.5");
});
