import { expect, test } from "vitest";
import { Rejection } from "../base/rejection.ts";
import { readMoney } from "./claimMoney.ts";
import { createCatalogEntries } from "./entries.ts";

const entries = createCatalogEntries({
  app: "shop",
  routes: [],
  conversions: {
    purchase: { help: "Paid.", from: "server", value: { money: ["USD", "EUR"] } },
    import: { help: "Imported.", from: "server" },
  },
});

function faultOf(name: string, value: unknown, currency: unknown): string | undefined {
  const money = value === undefined && currency === undefined ? undefined : readMoney(value, currency, 1e6);
  const paid = entries.conversion("backend", name, { money }, {}, 1);
  return (paid instanceof Rejection ? paid : paid.withoutAmount)?.message;
}

test.each<[name: string, value: unknown, currency: unknown, fault: string]>([
  [
    "purchase",
    1,
    undefined,
    'trackConversion("purchase"): currency is missing: give a code of ISO 4217, e.g. "USD".',
  ],
  [
    "purchase",
    undefined,
    "USD",
    'trackConversion("purchase"): value is missing: give it in major units, e.g. 19.99.',
  ],
  [
    "purchase",
    undefined,
    undefined,
    'trackConversion("purchase"): value and currency are missing. Its currencies: USD, EUR.',
  ],
  ["purchase", 19.999, "USD", 'trackConversion("purchase"): 19.999 has too many decimals for USD (max. 2).'],
  [
    "purchase",
    "x",
    "USD",
    'trackConversion("purchase"): "x" is not an amount of money: give a number, a bigint or a decimal.',
  ],
  ["purchase", 1, "GBP", 'trackConversion("purchase"): "GBP" is not among its currencies: USD, EUR.'],
  [
    "import",
    1,
    "USD",
    'trackConversion("import"): the catalog declares no money for it. Add value: { money: ["USD"] }.',
  ],
])("what is wrong with the money of a call says which call: %s %s %s", (name, value, currency, fault) => {
  expect(faultOf(name, value, currency)).toBe(fault);
});

test("money is counted by the labels that its entry names, beside the conversion by all of them", () => {
  const labeled = createCatalogEntries({
    app: "shop",
    routes: [],
    conversions: {
      purchase: {
        help: "Paid.",
        from: "server",
        labels: { category: ["books", "games"], method: ["card"] },
        value: { money: ["USD"], by: ["category"] },
      },
    },
  });
  const money = readMoney(12.5, "USD", 1e6);
  const paid = labeled.conversion("backend", "purchase", { money }, { category: "games", method: "card" }, 1);
  expect(paid).toMatchObject({
    samples: [
      { metric: "conversions_total", labels: { conversion: "purchase", category: "games", method: "card" } },
      { metric: "revenue_total", labels: { conversion: "purchase", currency: "USD", category: "games" } },
    ],
  });
});

test("a refund of what carries no money", () => {
  expect(entries.refund("import", undefined)).toMatchObject({
    message: 'trackRefund("import"): the catalog declares no money for it. Add value: { money: ["USD"] }.',
  });
});
