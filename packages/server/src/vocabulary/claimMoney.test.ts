import { MAX_CLAIM } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { isRejection } from "../base/rejection.ts";
import { claimMoney, type Money } from "./claimMoney.ts";

const codeOf = (money: Money): string | undefined =>
  money !== undefined && isRejection(money) ? money.code : undefined;

const claim = (value: unknown, currency: unknown = "USD") =>
  claimMoney({ type: "conversion", name: "wish", details: { value, currency } as never });

test.each<[value: unknown, amount: number]>([
  [19.99, 1_999],
  ["19.99", 1_999],
  ["19.990", 1_999],
  ["1e3", 100_000],
  ["+5", 500],
  ["5.", 500],
  [".5", 50],
  [0, 0],
  ["0", 0],
  [-0, 0],
])("a claim of %j is %d minor units", (value, amount) => {
  expect(claim(value)).toEqual({ amount, currency: "USD" });
});

// Number() makes an amount of most of them.
test.each<[value: unknown]>([
  [""],
  [" "],
  ["\n"],
  [" 5"],
  [true],
  [false],
  [null],
  [[]],
  [[5]],
  [{}],
  ["0x10"],
  ["0b1"],
  ["0o7"],
  ["5,00"],
  ["1_000"],
  ["1 000"],
  ["$5"],
  ["5 USD"],
  ["٥"],
  ["NaN"],
  ["Infinity"],
  ["1e400"],
  ["-1"],
  [-1],
  [Number.NaN],
  [Number.POSITIVE_INFINITY],
  [0.001],
  [MAX_CLAIM],
])("a claim of %j has no amount", (value) => {
  expect(codeOf(claim(value))).toBe("bad_amount");
});

test.each([[1], [true], [null], [["USD"]], [{}]])("a claim in the currency %j has none", (currency) => {
  expect(codeOf(claim(1, currency))).toBe("bad_currency");
});

test.each([["5"], [1.5], [-1], [Number.NaN], [true], [MAX_CLAIM + 1], [null]])(
  "minor units of %j are not an amount",
  (amount) => {
    expect(codeOf(claimMoney({ type: "conversion", name: "wish", amount, currency: "USD" }))).toBe(
      "bad_amount",
    );
  },
);

test("a claim without a currency is not money", () => {
  expect(claimMoney({ type: "conversion", name: "wish", details: { value: 5 } })).toBeUndefined();
});

test.each<[given: string, value: unknown, currency: string, amount: number]>([
  ["usd", "19.99", "USD", 1_999],
  ["jpy", 500, "JPY", 500],
  ["kwd", "1.234", "KWD", 1_234],
])(
  "%s in lower case, as payment services write it, has the decimals of the currency",
  (given, value, currency, amount) => {
    expect(claim(value, given)).toEqual({ amount, currency });
  },
);

test.each(["Usd", "usdt", "us", "ſss", ""])(
  "%j stays as it is given, for the catalog to refuse",
  (currency) => {
    expect(claim(1, currency)).toEqual({ amount: 100, currency });
  },
);
