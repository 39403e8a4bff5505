/** ISO 4217:2015, list one: currencies by the digits of their minor unit, without those that have two. */
const CODES_BY_EXPONENT = [
  "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  "",
  "",
  "BHD IQD JOD KWD LYD OMR TND",
  "CLF UYW",
];

/** Digits after the decimal point of a currency: 2 for USD, 0 for JPY, 3 for KWD. */
export function currencyExponent(currency: string): number {
  const exponent = CODES_BY_EXPONENT.findIndex((codes) => codes.includes(currency));
  return exponent < 0 ? 2 : exponent;
}

/**
 * Money as an integer of minor units: 19.99 USD is 1999.
 *
 * Returns NaN for a value that is no amount of the currency (0.001 USD, 1.5 JPY, infinity). Half a
 * thousandth of a minor unit is forgiven: that is what binary fractions do to 19.99 × 100.
 */
export function toMinorUnits(value: number, currency: string): number {
  const scaled = value * 10 ** currencyExponent(currency);
  const amount = Math.round(scaled);
  return Math.abs(scaled - amount) < 0.0005 ? amount : NaN;
}
