import { type Catalog, currencyExponent, MAX_AMOUNT } from "@rumkit/protocol";

/**
 * One line for each currency of a catalog: how exactly it is counted, and how much one conversion of server code may be
 * worth. A code that ISO 4217 does not have is said to be that: it may be a slip, or money of the app's own.
 */
export function describeMoney({ conversions = {} }: Catalog): string[] {
  const codes = new Set(Object.values(conversions).flatMap(({ value }) => value?.money ?? []));
  const known = new Set([...Intl.supportedValuesOf("currency"), "BTC", "XBT"]);
  return [...codes].toSorted().map((code) => {
    const decimals = currencyExponent(code);
    const most = (MAX_AMOUNT / 10 ** decimals).toLocaleString("en-US", { maximumFractionDigits: 0 });
    const doubt = known.has(code) ? "" : ` ${code} is no code of ISO 4217: check that it is meant.`;
    return `Money in ${code} is exact to ${decimals} decimals, up to ${most} for one conversion.${doubt}`;
  });
}
