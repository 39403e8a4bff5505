/** Money that a program has added, subtracted, multiplied and divided as doubles, as most shops do. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readAmount } from "./amount.ts";
import { currencyExponent } from "./currency.ts";

const currency = fc.constantFrom("JPY", "USD", "KWD", "CLF", "BTC");

describe("what rounding leaves of zero is zero, on both sides of it", () => {
  test.each([
    ["0.3 - 0.2 - 0.1", 0.3 - 0.2 - 0.1],
    ["0.1 + 0.2 - 0.3", 0.1 + 0.2 - 0.3],
    ["100 - 99.9 - 0.1", 100 - 99.9 - 0.1],
    ["1.1 - 1 - 0.1", 1.1 - 1 - 0.1],
    ["1_000.1 - 1_000 - 0.1", 1_000.1 - 1_000 - 0.1],
    ["the smallest double", Number.MIN_VALUE],
    ["its negative", -Number.MIN_VALUE],
    ["minus zero", -0],
  ])("%s", (_title, value) => {
    expect(readAmount(value, "USD")).toEqual({ amount: 0 });
  });

  test("a cart that a voucher pays in full costs nothing, in whatever order it is computed", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100_000), { minLength: 1, maxLength: 30 }), currency, (units, code) => {
        const scale = 10 ** currencyExponent(code);
        const prices = units.map((price) => price / scale);
        const total = units.reduce((sum, price) => sum + price, 0) / scale;
        const rest = prices.reduce((left, price) => left - price, total);
        expect(readAmount(rest, code)).toEqual({ amount: 0 });
        const added = prices.reduce((sum, price) => sum + price, 0);
        expect(readAmount(total - added, code)).toEqual({ amount: 0 });
        expect(readAmount(added - total, code)).toEqual({ amount: 0 });
      }),
    );
  });

  test("a text is read by its digits: it can mean so little, and a decimal library has no such rest", () => {
    for (const text of ["-1e-17", "-0.0000001", "1e-17"])
      expect(readAmount(text, "USD")).toHaveProperty("fault");
    expect(readAmount(-1n, "USD")).toEqual({ fault: "-1 is negative" });
  });
});

describe("less than zero is not an amount", () => {
  test("a whole minor unit and a half of one are negative, whatever the currency", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), currency, (halves, code) => {
        const value = -(halves / 2) / 10 ** currencyExponent(code);
        expect(readAmount(value, code)).toEqual({ fault: `${value} is negative` });
      }),
    );
  });

  test.each([
    [-0.001, "USD"],
    [-0.000_006, "USD"],
    [-0.000_6, "JPY"],
    [-Number.MAX_VALUE, "USD"],
    [Number.NEGATIVE_INFINITY, "USD"],
  ])("%d %s is more than a rounding error", (value, code) => {
    expect(readAmount(value, code)).toHaveProperty("fault");
  });
});

describe("a share of a price", () => {
  test("is an amount once it is rounded to the digits of its currency", () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.integer({ min: 0, max: 100 }), currency, (units, percent, code) => {
        const digits = currencyExponent(code);
        const share = ((units / 10 ** digits) * percent) / 100;
        const rounded = Number(share.toFixed(digits));
        expect(readAmount(rounded, code)).toEqual({ amount: Math.round(rounded * 10 ** digits) });
        expect(readAmount(share.toFixed(digits), code)).toEqual({
          amount: Math.round(rounded * 10 ** digits),
        });
      }),
    );
  });

  test("is a fault without rounding, and the message has the digits of the currency", () => {
    expect(readAmount(19.99 / 3, "USD")).toEqual({
      fault: expect.stringMatching(/^6\.66\d+ has too many decimals for USD \(max\. 2\)$/),
    });
    expect(readAmount(100 * 1.075 * 0.5 + 0.005, "USD")).toHaveProperty("fault");
  });
});

describe("digits of other scripts and signs of locales", () => {
  test.each([
    "١٩٫٩٩",
    "１９.９９",
    "19.99 €",
    "1'000",
    "1 000",
    "1\u00a0000",
    "1.000,00",
    "−5",
    "+-5",
    "5-",
    "٥",
    "Infinity",
    "NaN",
    "1e",
    "e1",
    "1e1.5",
    "--1",
    "1.2.3",
    "\u200b5",
    "5\n",
    "\ufeff5",
  ])("%j is a fault", (text) => {
    expect(readAmount(text, "USD")).toEqual({ fault: expect.stringContaining("is not an amount of money") });
  });
});

test("a message is short and on one line, whatever was given", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: "binary", maxLength: 500 }), fc.bigInt(), fc.double()),
      (value) => {
        const read = readAmount(value, "USD");
        if ("amount" in read) return;
        expect(read.fault.length).toBeLessThan(350);
        expect(read.fault).not.toMatch(/[\n\r]/);
      },
    ),
  );
});

test("an amount that was read can be written and read again, as often as one likes", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), currency, (value, code) => {
      const read = readAmount(value, code);
      if (!("amount" in read)) return;
      expect(readAmount(`${read.amount}e-${currencyExponent(code)}`, code)).toEqual(read);
      expect(readAmount(JSON.parse(JSON.stringify(value)), code)).toEqual(read);
    }),
  );
});
