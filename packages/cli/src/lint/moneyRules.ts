import { type Problem, quote, type Rule, type Subject } from "./rule.ts";

/**
 * Currencies that are no longer legal tender, with what replaced them: ISO 4217, list three (historic
 * denominations). Node.js lists them, because old amounts exist.
 */
const WITHDRAWN: Readonly<Record<string, string>> = {
  ANG: "XCG",
  BGN: "EUR",
  BYR: "BYN",
  CUC: "CUP",
  HRK: "EUR",
  MRO: "MRU",
  SLL: "SLE",
  STD: "STN",
  VEF: "VES",
  ZMK: "ZMW",
  ZWL: "ZWG",
};

/** Codes for tests, for accounts of banks and for metals. No shop is paid in them. */
const NOT_TENDER: ReadonlySet<string> = new Set(
  "BOV CHE CHW CLF COU MXV USN UYI UYW XAG XAU XPD XPT XTS XUA XDR XSU XXX".split(" "),
);

export const moneyRules: readonly Rule[] = [
  currencies(
    "currency-withdrawn",
    "Amounts in a currency that is gone come from old code or old data.",
    (code) =>
      Object.hasOwn(WITHDRAWN, code)
        ? {
            what: `is ${quote(code)}, which is no longer legal tender.`,
            fix: `Use ${quote(WITHDRAWN[code]!)}.`,
          }
        : undefined,
  ),
  currencies(
    "currency-not-tender",
    "Codes for tests, funds and metals are valid, but customers do not pay in them.",
    (code) =>
      NOT_TENDER.has(code)
        ? {
            what: `is ${quote(code)}, a code for tests, funds or metals.`,
            fix: "Use the currency that customers pay in.",
          }
        : undefined,
  ),
  {
    id: "money-from-page",
    reason: "Anyone can send any amount from a page, so it is never counted as revenue.",
    find: ({ catalog: { conversions = {} } }) => {
      const paid = Object.entries(conversions).filter(([, { value }]) => value !== undefined);
      if (paid.some(([, { from }]) => from === "server")) return [];
      return paid.map(([name]) => ({
        path: ["conversions", name, "value"],
        what: "is money that only pages report, so revenue stays 0.",
        fix: 'Report it from the backend, with from: "server".',
      }));
    },
  },
  {
    id: "money-without-value",
    reason: "A paid order without an amount is missing in revenue.",
    find: ({ catalog: { conversions = {} } }) =>
      Object.entries(conversions)
        .filter(([name, { value, from }]) => from === "server" && !value && PAID.test(name))
        .map(([name]) => ({
          path: ["conversions", name],
          what: "sounds like a payment, and has no money.",
          fix: 'Add value: { money: ["USD"] } with your currencies.',
        })),
  },
];

const PAID = /(?:^|_)(?:purchase|purchased|payment|paid|order_paid|sale)$/;

function currencies(
  id: string,
  reason: string,
  find: (code: string) => Omit<Problem, "path"> | undefined,
): Rule {
  return {
    id,
    reason,
    find: ({ catalog }: Subject) =>
      Object.entries(catalog.conversions ?? {}).flatMap(([name, { value }]) =>
        (value?.money ?? []).flatMap((code, place) => {
          const found = find(code);
          return found ? [{ path: ["conversions", name, "value", "money", place], ...found }] : [];
        }),
      ),
  };
}
