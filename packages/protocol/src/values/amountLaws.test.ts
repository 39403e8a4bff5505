/** Laws of money, for every currency that the runtime knows. */
import { Big } from "big.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_AMOUNT, MAX_CLAIM } from "../wire/limits.ts";
import { readAmount, toMinorUnits } from "./amount.ts";
import { currencyExponent } from "./currency.ts";

const currency = fc.constantFrom(...Intl.supportedValuesOf("currency"), "BTC", "XXX", "usd", "");
/** Minor units, small ones as often as large ones. */
const minor = fc.oneof(fc.nat(100_000), fc.maxSafeNat());

/** Minor units as a decimal text of major ones. */
const major = (units: number, code: string): string =>
  new Big(units).div(new Big(10).pow(currencyExponent(code))).toFixed();

describe("an amount in minor units", () => {
  test("survives the way through a text, whatever its currency", () => {
    fc.assert(
      fc.property(minor, currency, (units, code) => {
        expect(toMinorUnits(major(units, code), code)).toBe(units);
      }),
    );
  });

  test("survives the way through a number, as far as a number can tell it", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 45 }), currency, (units, code) => {
        expect(toMinorUnits(Number(major(units, code)), code)).toBe(units);
      }),
    );
  });

  test("is the same from a text, a bigint and a decimal object", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), currency, (units, code) => {
        const expected = toMinorUnits(String(units), code);
        expect(toMinorUnits(BigInt(units), code)).toBe(expected);
        expect(toMinorUnits(new Big(units), code)).toBe(expected);
        expect(toMinorUnits(units, code)).toBe(expected);
      }),
    );
  });

  test("of a sum is the sum of the amounts: no cent is lost in between", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000), { maxLength: 20 }), currency, (prices, code) => {
        const sum = prices.reduce((total, price) => total.plus(major(price, code)), new Big(0));
        expect(toMinorUnits(sum, code)).toBe(prices.reduce((total, price) => total + price, 0));
      }),
    );
  });

  test("is read from a sum of floating-point prices as from the prices themselves", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { maxLength: 50 }), (cents) => {
        const sum = cents.reduce((total, price) => total + price / 100, 0);
        expect(toMinorUnits(sum, "EUR")).toBe(cents.reduce((total, price) => total + price, 0));
      }),
    );
  });

  test("does not depend on zeros, a sign of plus or the form of the exponent", () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 0, max: 6 }), (units, zeros) => {
        const text = new Big(units).div(100).toFixed(2);
        const padded = `${"0".repeat(zeros)}${text}${"0".repeat(zeros)}`;
        for (const same of [
          padded,
          `+${padded}`,
          `${units}e-2`,
          `${units}E-02`,
          new Big(text).toExponential(),
        ])
          expect(toMinorUnits(same, "EUR"), same).toBe(units);
      }),
    );
  });
});

describe("what is not an amount", () => {
  test("is a fault that says so, and never an exception", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true }),
        currency,
        (value, code) => {
          const read = readAmount(value, code);
          if ("amount" in read) {
            expect(Number.isSafeInteger(read.amount)).toBe(true);
            expect(read.amount).toBeGreaterThanOrEqual(0);
          } else expect(read.fault).toMatch(/ is (not|negative|more)| has too many decimals /);
          expect(toMinorUnits(value as never, code)).toBe("amount" in read ? read.amount : Number.NaN);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("is a fraction of the smallest coin", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 9 }), currency, (units, digit, code) => {
        const text = major(units, code);
        const exponent = currencyExponent(code);
        const tooFine = text.includes(".")
          ? text.padEnd(text.indexOf(".") + exponent + 1, "0") + digit
          : `${text}.${"0".repeat(exponent)}${digit}`;
        expect(readAmount(tooFine, code)).toHaveProperty("fault");
      }),
    );
  });

  test.each([
    ["a claim of a page", MAX_CLAIM],
    ["an order that the server reports", MAX_AMOUNT],
  ])("is one above the limit of %s: the limit itself is one", (_title, most) => {
    for (const code of ["JPY", "EUR", "KWD", "BTC"]) {
      expect(readAmount(major(most, code), code, most)).toEqual({ amount: most });
      const above = new Big(most)
        .plus(1)
        .div(new Big(10).pow(currencyExponent(code)))
        .toFixed();
      expect(readAmount(above, code, most)).toHaveProperty("fault");
    }
  });
});
