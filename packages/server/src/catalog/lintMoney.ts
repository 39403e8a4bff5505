import { type Check, describeValue, type Faults, list, object, type Path, required } from "../base/shape.ts";

/**
 * Codes that `Intl` does not list: the funds and metals of ISO 4217, its code for tests, and Bitcoin, which has no ISO
 * code.
 */
const FURTHER_CODES = "BOV CHE CHW CLF COU MXV USN UYI UYW XAG XAU XPD XPT XTS XUA BTC XBT";

let codes: ReadonlySet<string> | undefined;

/** Returns the current currencies of `Intl`, and the further codes. */
function currencies(): ReadonlySet<string> {
  codes ??= new Set([...Intl.supportedValuesOf("currency"), ...FURTHER_CODES.split(" ")]);
  return codes;
}

/** True for the code of a current currency. */
export function isCurrency(code: string): boolean {
  return currencies().has(code);
}

/** Symbols and names that people write instead of a code. */
const SYMBOLS: Readonly<Record<string, string>> = {
  $: "USD",
  "€": "EUR",
  "£": "GBP",
  "¥": "JPY",
  EURO: "EUR",
  DOLLAR: "USD",
  RMB: "CNY",
};

/** Checks `{ money: ["USD"] }`. */
export const checkMoney: Check = object(
  {
    money: required(
      list(checkCurrency, { example: '["USD"]', least: 1 }),
      'the currencies that may come, e.g. ["USD"]',
    ),
  },
  { example: '{ money: ["USD"] }' },
);

function checkCurrency(value: unknown, path: Path, faults: Faults): void {
  if (typeof value === "string" && currencies().has(value)) return;
  const text = typeof value === "string" ? value.trim().toUpperCase() : "";
  const meant = Object.hasOwn(SYMBOLS, text) ? SYMBOLS[text] : currencies().has(text) ? text : undefined;
  const hint = meant === undefined ? "" : ` Did you mean "${meant}"?`;
  faults.add(path, `must be a currency of ISO 4217, e.g. "USD", not ${describeValue(value)}.${hint}`);
}
