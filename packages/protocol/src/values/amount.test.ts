import { Big } from "big.js";
import { Decimal } from "decimal.js";
import { assert, bigInt, constantFrom, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { readAmount, toMinorUnits } from "./amount.ts";
import { currencyExponent } from "./currency.ts";

describe("money in major units", () => {
  test.each<[value: unknown, currency: string, amount: number]>([
    [19.99, "USD", 1_999],
    [0.1 + 0.2, "USD", 30],
    [9.99 * 3, "USD", 2_997],
    [1.005, "KWD", 1_005],
    [500, "JPY", 500],
    [0, "EUR", 0],
    [-0, "EUR", 0],
    [10_000_000, "USD", 1_000_000_000],
    // Ordinary orders in currencies of small units, and large ones in others.
    [15_000_000, "IDR", 1_500_000_000],
    [12_000_000, "LBP", 1_200_000_000],
    [25_000_000, "IRR", 2_500_000_000],
    [20_000_000, "UZS", 2_000_000_000],
    [1_500_000_000, "VND", 1_500_000_000],
    [1_200_000.5, "KWD", 1_200_000_500],
    [123_456_789_012.34, "USD", 12_345_678_901_234],
    [1e6, "USD", 100_000_000],
    [1e-8, "BTC", 1],
    [0.0001, "CLF", 1],
    // As databases and decimal libraries give it.
    ["19.99", "USD", 1_999],
    ["19.990000", "USD", 1_999],
    ["1E+3", "USD", 100_000],
    ["1.5e-3", "KWD", 1.5],
    ["0", "USD", 0],
    ["-0.00", "USD", 0],
    ["90071992547409.91", "USD", Number.MAX_SAFE_INTEGER],
    [20n, "USD", 2_000],
    [9_007_199_254_740_991n, "JPY", Number.MAX_SAFE_INTEGER],
    [new Decimal("19.99"), "USD", 1_999],
    [new Decimal("1e7"), "IDR", 1_000_000_000],
    [new Big("1.234"), "KWD", 1_234],
    [new Number(19.99), "USD", 1_999],
    [new String("19.99"), "USD", 1_999],
    [{ toString: () => "19.99" }, "USD", 1_999],
  ])("%s %s is %d minor units", (value, currency, amount) => {
    const isWhole = Number.isInteger(amount);
    const read = readAmount(value, currency);
    if (isWhole) expect(read).toEqual({ amount });
    else expect(read).toHaveProperty("fault");
  });

  test.each<[value: unknown, currency: string, fault: string]>([
    [0.001, "USD", "0.001 has too many decimals for USD (max. 2)"],
    [9.99 * 1.19, "USD", "has too many decimals for USD (max. 2)"],
    [18.999, "USD", "18.999 has too many decimals for USD (max. 2)"],
    ["18.999", "USD", '"18.999" has too many decimals for USD (max. 2)'],
    [1.5, "JPY", "1.5 has too many decimals for JPY (max. 0)"],
    [new Decimal("0.001"), "USD", "has too many decimals"],
    // Two neighboring cents are one double here: a text can tell them apart.
    [80_000_000_000_000.5, "USD", "has too many decimals"],
    [-1, "USD", "-1 is negative"],
    ["-0.01", "USD", "is negative"],
    [-1n, "USD", "-1 is negative"],
    [1e15, "USD", "1000000000000000 USD is more than 90071992547409.91"],
    ["1e999", "USD", "is more than"],
    [10n ** 40n, "JPY", "is more than"],
    [Number.NaN, "USD", "NaN is not an amount of money"],
    [Number.POSITIVE_INFINITY, "USD", "Infinity is not an amount of money"],
    ["", "USD", '"" is not an amount of money'],
    [".", "USD", '"." is not an amount of money'],
    ["19,99", "USD", '"19,99" is not an amount of money'],
    ["$5", "USD", "is not an amount of money"],
    [" 5", "USD", "is not an amount of money"],
    ["5 ", "USD", "is not an amount of money"],
    ["0x10", "USD", "is not an amount of money"],
    ["1_000", "USD", "is not an amount of money"],
    ["9".repeat(1_000_000), "USD", "is not an amount of money"],
    ["1e99999999", "USD", "is not an amount of money"],
    [null, "USD", "null is not an amount of money"],
    [undefined, "USD", "undefined is not an amount of money"],
    [true, "USD", "true is not an amount of money"],
    [[5], "USD", "a value of type object is not an amount of money"],
    [{}, "USD", "a value of type object is not an amount of money"],
    [new Date(0), "USD", "is not an amount of money"],
    [Object.create(null), "USD", "is not an amount of money"],
    [() => 5, "USD", "is not an amount of money"],
    [Symbol("5"), "USD", "is not an amount of money"],
  ])("%s %s is invalid: %s", (value, currency, fault) => {
    expect(readAmount(value, currency)).toEqual({ fault: expect.stringContaining(fault) as string });
    expect(toMinorUnits(value as number, currency)).toBeNaN();
  });

  test("is read without an exception, whatever it is", () => {
    const hostile = {
      toString: (): string => {
        throw new Error("no");
      },
    };
    expect(readAmount(hostile, "USD")).toHaveProperty("fault");
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(readAmount(proxy, "USD")).toHaveProperty("fault");
  });

  test("may have a lower limit", () => {
    expect(readAmount(10, "USD", 1_000)).toEqual({ amount: 1_000 });
    expect(readAmount("10.01", "USD", 1_000)).toEqual({ fault: '"10.01" USD is more than 10.00' });
  });

  const currencies = constantFrom("JPY", "USD", "KWD", "CLF", "BTC");

  test("every whole number of minor units comes back from its decimal text", () => {
    assert(
      property(bigInt(0n, BigInt(Number.MAX_SAFE_INTEGER)), currencies, (minorUnits, currency) => {
        const exponent = currencyExponent(currency);
        const digits = String(minorUnits).padStart(exponent + 1, "0");
        const text = `${digits.slice(0, digits.length - exponent)}.${digits.slice(digits.length - exponent)}`;
        for (const value of [text, `${minorUnits}e-${exponent}`, new Decimal(text)])
          expect(readAmount(value, currency)).toEqual({ amount: Number(minorUnits) });
      }),
    );
  });

  test("every number that a program divides out of minor units comes back, and so do sums of prices", () => {
    assert(
      property(integer({ min: 0, max: 2 ** 45 }), currencies, (minorUnits, currency) => {
        const value = minorUnits / 10 ** currencyExponent(currency);
        expect(readAmount(value, currency)).toEqual({ amount: minorUnits });
      }),
    );
    assert(
      property(integer({ min: 1, max: 1_000_000 }), integer({ min: 1, max: 100 }), (price, count) => {
        let sum = 0;
        for (let index = 0; index < count; index += 1) sum += price / 100;
        expect(readAmount(sum, "USD")).toEqual({ amount: price * count });
      }),
    );
  });
});
