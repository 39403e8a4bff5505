import { expect, test } from "vitest";
import { currencyExponent } from "./currency.ts";

test.each([
  ["USD", 2],
  ["JPY", 0],
  ["KWD", 3],
  ["CLF", 4],
  ["BTC", 8],
  ["IDR", 2],
  ["", 2],
  [" ", 2],
  ["XXL", 2],
])("%s has %d digits after the point", (currency, digits) => {
  expect(currencyExponent(currency)).toBe(digits);
});
