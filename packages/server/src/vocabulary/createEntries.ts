import type { Catalog } from "@rumkit/protocol";
import { learnedNamesAtMost, toLearnedName } from "../catalog/names.ts";
import { type CatalogEntries, createCatalogEntries } from "./entries.ts";
import { isRejection, Rejection } from "../base/rejection.ts";
import { familyName, moneyFamilyName, WITHOUT_AMOUNT } from "../catalog/describeCatalogMetrics.ts";
import { UNKNOWN } from "../metrics/labelValues.ts";
import { isCurrency } from "../catalog/lintFields.ts";
import type { Sample } from "../metrics/sample.ts";
import type { Money } from "./claimMoney.ts";

/**
 * Returns the entries of the catalog, and, if it learns names, undeclared ones as well. Every spelling of a declared
 * name counts as the declared one: otherwise `addToCart` would count without the labels of `add_to_cart`, and a page
 * could report an entry of the server under another spelling.
 */
export function createEntries(catalog: Catalog): CatalogEntries {
  const declared = createCatalogEntries(catalog);
  if (learnedNamesAtMost(catalog) === 0) return declared;
  const { actions = {}, conversions = {}, measurements = {} } = catalog;
  const find = (group: object, name: string): readonly [CatalogEntries, string] => {
    if (Object.hasOwn(group, name)) return [declared, name];
    const learned = toLearnedName(name);
    return Object.hasOwn(group, learned) ? [declared, learned] : [learnedEntries, name];
  };
  return {
    action: (side, given, ...rest) => {
      const [entries, name] = find(actions, given);
      return entries.action(side, name, ...rest);
    },
    conversion: (side, given, ...rest) => {
      const [entries, name] = find(conversions, given);
      return entries.conversion(side, name, ...rest);
    },
    refund: (given, money) => {
      const [entries, name] = find(conversions, given);
      return entries.refund(name, money);
    },
    measurement: (side, given, ...rest) => {
      const [entries, name] = find(measurements, given);
      return entries.measurement(side, name, ...rest);
    },
  };
}

/**
 * Turns calls with undeclared names into samples: the name is the only label, and everything else in a call is an
 * attribute. The families limit the number of names.
 */
const learnedEntries: CatalogEntries = {
  action: (side, name, _details, times) => [
    { metric: familyName(side, "actions_total"), labels: { action: toLearnedName(name) }, value: 1, times },
  ],
  conversion: (side, name, { money: given, experience }, _details, times) => {
    const conversion = toLearnedName(name);
    const counted: Sample = {
      metric: familyName(side, "conversions_total"),
      labels: { conversion, ...(side === "page" && { experience: experience ?? UNKNOWN }) },
      value: 1,
      times,
    };
    if (given === undefined) return { samples: [counted] };
    const money = checkMoney(`trackConversion("${name}")`, given);
    if (isRejection(money)) {
      const labels = { conversion, reason: money.code };
      const marked = { metric: familyName(side, WITHOUT_AMOUNT), labels, value: 1, times };
      return { samples: [counted, marked], withoutAmount: money };
    }
    const { amount, currency } = money;
    const labels = { conversion, currency };
    return { samples: [counted, { metric: moneyFamilyName(side), labels, value: amount, times }] };
  },
  refund: (name, given) => {
    const conversion = toLearnedName(name);
    const money = checkMoney(`trackRefund("${name}")`, given);
    if (isRejection(money)) {
      const labels = { conversion, reason: money.code };
      return {
        samples: [{ metric: "refunds_without_amount_total", labels, value: 1 }],
        withoutAmount: money,
      };
    }
    const labels = { conversion, currency: money.currency };
    return {
      samples: [
        { metric: "refunds_total", labels, value: money.amount },
        { metric: "conversions_refunded_total", labels, value: 1 },
      ],
    };
  },
  measurement: (side, name, value, _details, times) => {
    if (!(Number.isFinite(value) && value >= 0)) {
      return new Rejection(
        "bad_number",
        () =>
          `measure("${name}"): ${value} is not a finite number of at least 0. Without a catalog, values are summed in a counter, which cannot decrease.`,
      );
    }
    const labels = { measurement: toLearnedName(name) };
    return [
      { metric: familyName(side, "measured_values_total"), labels, value: 1, times },
      { metric: familyName(side, "measured_sum_total"), labels, value, times },
    ];
  },
};

/** Returns money in any current currency of ISO 4217, or the reason why it is invalid. */
function checkMoney(call: string, money: Money): Exclude<Money, undefined> {
  if (money === undefined) return new Rejection("bad_amount", `${call}: value and currency are missing.`);
  if (isRejection(money)) return new Rejection(money.code, () => `${call}: ${money.message}.`);
  if (isCurrency(money.currency)) return money;
  const shown = JSON.stringify(money.currency.slice(0, 40));
  return new Rejection("bad_currency", `${call}: ${shown} is not a currency of ISO 4217, e.g. "USD".`);
}
