/**
 * ISO 4217:2015, list one: currencies by the digits of their minor unit, without those that have two. Bitcoin is not
 * among them: the eight digits of `BTC` and `XBT` come from its own convention.
 */
const CODES_BY_EXPONENT = [
  "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  "",
  "",
  "BHD IQD JOD KWD LYD OMR TND",
  "CLF UYW",
  "",
  "",
  "",
  "BTC XBT",
];

/** Digits after the decimal point of a currency: 2 for USD, 0 for JPY, 3 for KWD; 2 for a code that is not known. */
export function currencyExponent(currency: string): number {
  const exponent = CODES_BY_EXPONENT.findIndex((codes) => codes.split(" ").includes(currency));
  return exponent < 0 || currency === "" ? 2 : exponent;
}
