import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAmount } from "./amount.ts";
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

/** Minor units of ISO 4217 without coins in use: the platform shows none of their digits. */
const WITHOUT_COINS = "AFN ALL COP HUF IDR IQD IRR KPW LAK LBP MGA MMK PKR SLL SOS SYP YER".split(" ");

/** Every currency of today that the platform knows. */
const CURRENCIES = Intl.supportedValuesOf("currency");

/** Minor units as a decimal text of the major unit. */
function asText(minorUnits: bigint, exponent: number): string {
  const digits = String(minorUnits).padStart(exponent + 1, "0");
  const point = digits.length - exponent;
  return exponent === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

describe("every currency", () => {
  test("is known to the platform in the hundreds", () => {
    expect(CURRENCIES.length).toBeGreaterThan(150);
  });

  test("has the digits that the platform shows, or those of a minor unit without coins", () => {
    const different = CURRENCIES.filter((currency) => {
      const { maximumFractionDigits } = new Intl.NumberFormat("en", {
        style: "currency",
        currency,
      }).resolvedOptions();
      return maximumFractionDigits !== currencyExponent(currency);
    });
    expect(different.filter((currency) => !WITHOUT_COINS.includes(currency))).toEqual([]);
  });

  test.each(CURRENCIES)(
    "%s: zero, the smallest and the largest amount are exact, and one digit more is a fault",
    (currency) => {
      const exponent = currencyExponent(currency);
      const smallest = asText(1n, exponent);
      const largest = asText(BigInt(Number.MAX_SAFE_INTEGER), exponent);
      expect(readAmount(0, currency)).toEqual({ amount: 0 });
      expect(readAmount(smallest, currency)).toEqual({ amount: 1 });
      expect(readAmount(Number(smallest), currency)).toEqual({ amount: 1 });
      expect(readAmount(`-${smallest}`, currency)).toEqual({ fault: expect.stringContaining("is negative") });
      expect(readAmount(largest, currency)).toEqual({ amount: Number.MAX_SAFE_INTEGER });
      expect(readAmount(asText(BigInt(Number.MAX_SAFE_INTEGER) + 1n, exponent), currency)).toEqual({
        fault: expect.stringContaining(`${currency} is more than ${largest}`),
      });
      expect(readAmount(asText(1n, exponent + 1), currency)).toEqual({
        fault: expect.stringContaining(`has too many decimals for ${currency} (max. ${exponent})`),
      });
    },
  );

  test("takes a number, a text and a bigint of the same amount for the same", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CURRENCIES),
        fc.integer({ min: 0, max: 10_000_000 }),
        (currency, major) => {
          const expected = { amount: major * 10 ** currencyExponent(currency) };
          for (const value of [major, String(major), BigInt(major), `${major}.0`, `${major}e0`])
            expect(readAmount(value, currency)).toEqual(expected);
        },
      ),
    );
  });
});

test("codes are looked up whole, and in upper case", () => {
  for (const code of ["jpy", "JP", "JPY KMF", "PY", "BHD IQD", "\n"]) expect(currencyExponent(code)).toBe(2);
});
