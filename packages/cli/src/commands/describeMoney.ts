import { type Catalog, currencyExponent, MAX_AMOUNT } from "@rumkit/protocol";

/**
 * Returns one line for each currency of a catalog: its precision, and the largest amount of one conversion of server
 * code.
 */
export function describeMoney({ conversions = {} }: Catalog): string[] {
  const codes = new Set(Object.values(conversions).flatMap(({ value }) => value?.money ?? []));
  return [...codes].toSorted().map((code) => {
    const decimals = currencyExponent(code);
    const most = (MAX_AMOUNT / 10 ** decimals).toLocaleString("en-US", { maximumFractionDigits: 0 });
    return `Money in ${code} is exact to ${decimals} decimals, up to ${most} for one conversion.`;
  });
}
