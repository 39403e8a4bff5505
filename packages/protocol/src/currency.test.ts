import { expect, test } from "vitest";
import { currencyExponent, toMinorUnits } from "./currency.ts";

test.each([
  ["USD", 2],
  ["JPY", 0],
  ["KWD", 3],
  ["CLF", 4],
])("%s has %d digits after the point", (currency, digits) => {
  expect(currencyExponent(currency)).toBe(digits);
});

test.each([
  [19.99, "USD", 1999],
  [0.1 + 0.2, "USD", 30],
  [1.005, "KWD", 1005],
  [500, "JPY", 500],
  [0, "EUR", 0],
  [10_000_000, "USD", 1_000_000_000],
])("%d %s is %d minor units", (value, currency, amount) => {
  expect(toMinorUnits(value, currency)).toBe(amount);
});

test.each([
  [0.001, "USD"],
  [1.5, "JPY"],
  [NaN, "USD"],
  [Infinity, "USD"],
])("%d is no amount of %s", (value, currency) => {
  expect(toMinorUnits(value, currency)).toBeNaN();
});
