import { currencyExponent } from "./currency.ts";

/**
 * Money in **major units**, whichever type it has: 19.99 dollars are `19.99`, `"19.99"` or `new Decimal("19.99")`, and
 * `20n` are twenty dollars, not twenty cents.
 */
export type Amount = number | bigint | string | DecimalObject;

/** An object whose `toString` returns a decimal number: of decimal.js, Prisma, big.js, bignumber.js. */
export interface DecimalObject {
  toFixed(decimals?: number): string;
  toString(): string;
}

/** The result of reading money: a whole number of minor units, or the fault, worded as the end of a sentence. */
export type ReadAmount = { readonly amount: number } | { readonly fault: string };

/** A decimal number, as databases and decimal types write it. */
const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** Maximum UTF-16 units of a decimal number. PostgreSQL's `numeric` can be longer, but no amount of money is. */
const MAX_DIGITS = 200;

/** From 2^52 minor units on, two adjacent amounts may be the same double. */
const MAX_FRACTION = 2 ** 52;

/** The error in minor units that binary fractions may leave in a sum: far above that of a long sum, far below a coin. */
const NOISE = 0.0005;

/** From 2^48 minor units on, the rounding error of sums may be a quarter of a minor unit. */
const MAX_NOISY = 2 ** 48;

/**
 * Reads money in major units as a whole number of minor units, from 0 to `most`. Never throws.
 *
 * The result is exact or a fault. Strings, bigints and decimal objects are read by their digits, a number by the
 * digits that JavaScript prints. A number may be off by 0.0005 minor units, because binary fractions are inexact:
 * 0.1 + 0.2 is 0.3, and 0.3 - 0.2 - 0.1, which is slightly negative, is 0.
 */
export function readAmount(value: unknown, currency: string, most = Number.MAX_SAFE_INTEGER): ReadAmount {
  const exponent = currencyExponent(currency);
  const number = primitiveOf(value);
  const read = number === undefined ? undefined : readDecimal(String(number), exponent);
  if (read === undefined)
    return { fault: `${describe(value)} is not an amount of money: give a number, a bigint or a decimal` };
  if (read === "negative")
    return isNoise(number, exponent) ? { amount: 0 } : { fault: `${describe(value)} is negative` };
  const exact = typeof number === "number" ? readNumber(number, read, exponent) : exactly(read);
  if (exact === undefined)
    return { fault: `${describe(value)} has too many decimals for ${currency} (max. ${exponent})` };
  if (exact > most)
    return { fault: `${describe(value)} ${currency} is more than ${majorUnits(most, exponent)}` };
  return { amount: exact };
}

/**
 * Money as an integer of minor units: 19.99 USD is 1999.
 *
 * Returns NaN for a value that is not an amount of the currency (0.001 USD, 1.5 JPY, infinity), and for one beyond
 * 2^53 - 1 minor units.
 */
export function toMinorUnits(value: Amount, currency: string): number {
  const read = readAmount(value, currency);
  return "amount" in read ? read.amount : Number.NaN;
}

/** Returns a number, bigint or string unchanged, and an object as its own text; undefined for any other value. */
function primitiveOf(value: unknown): number | bigint | string | undefined {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "string") return value;
  try {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    // The text of a `Number` object would not show that it is a double.
    const { toString, valueOf } = value as { toString(): unknown; valueOf(): unknown };
    const inner = valueOf.call(value);
    if (typeof inner === "number" && Number.prototype.valueOf === valueOf) return inner;
    return toString === Object.prototype.toString ? undefined : String(toString.call(value));
  } catch {
    return undefined;
  }
}

/** Formats minor units as major units. */
function majorUnits(amount: number, exponent: number): string {
  const digits = String(amount).padStart(exponent + 1, "0");
  const point = digits.length - exponent;
  return exponent === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * The minor units of a decimal number: undefined for text that is not a number, `inexact` where digits would be lost, infinite
 * beyond 2^53 - 1.
 */
function readDecimal(text: string, exponent: number): number | "inexact" | "negative" | undefined {
  const match = text.length > MAX_DIGITS ? null : DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign, whole = "", fraction = "", power = "0"] = match;
  if (whole + fraction === "") return undefined;
  const digits = (whole + fraction).replace(/^0+/, "");
  if (digits === "") return 0;
  if (sign === "-") return "negative";
  const shift = exponent + Number(power) - fraction.length;
  if (shift < 0 && !/^0*$/.test(digits.slice(shift))) return "inexact";
  // So many zeros are beyond every limit.
  const minorUnits = Number(
    shift < 0 ? digits.slice(0, shift) : digits + "0".repeat(Math.min(shift, MAX_DIGITS)),
  );
  return Number.isSafeInteger(minorUnits) ? minorUnits : Number.POSITIVE_INFINITY;
}

function exactly(read: number | "inexact"): number | undefined {
  return read === "inexact" ? undefined : read;
}

/**
 * Reads a number. If it has too many digits, it may be an exact amount with the rounding error of a sum. If it is too
 * large, several amounts may be the same double.
 */
function readNumber(value: number, read: number | "inexact", exponent: number): number | undefined {
  const scaled = value * 10 ** exponent;
  if (!Number.isSafeInteger(value) && scaled > MAX_FRACTION && scaled <= Number.MAX_SAFE_INTEGER)
    return undefined;
  if (read !== "inexact") return read;
  const rounded = Math.round(scaled);
  const noise = Math.max(NOISE, scaled * Number.EPSILON * 4);
  return scaled < MAX_NOISY && Math.abs(scaled - rounded) < noise ? rounded : undefined;
}

/** True for a double so close to zero that it is what rounding leaves of zero. Only texts can mean such an amount. */
function isNoise(value: number | bigint | string | undefined, exponent: number): boolean {
  return typeof value === "number" && Math.abs(value * 10 ** exponent) < NOISE;
}

/** Describes a value in a message for developers; an object by its type only, since it may contain anything. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (["number", "bigint", "boolean", "undefined"].includes(typeof value) || value === null)
    return String(value).slice(0, 40);
  return `a value of type ${typeof value}`;
}
