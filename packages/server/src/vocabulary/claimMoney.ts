import { type ConversionEvent, type LiveMoney, MAX_CLAIM, readAmount } from "@rumkit/protocol";
import { isRejection, Rejection } from "../base/rejection.ts";

/** Money in minor units, or the reason why it is invalid; undefined if none is given. */
export type Money = { readonly amount: number; readonly currency: string } | Rejection | undefined;

/**
 * Returns the money that a page claims. Pages send it in minor units (`amount`), or as the app wrote it: `value` and
 * `currency` among the details, in major units.
 */
export function claimMoney({ amount, currency, details = {} }: ConversionEvent): Money {
  if (amount === undefined && currency === undefined) {
    return details["currency"] === undefined
      ? undefined
      : readMoney(details["value"], details["currency"], MAX_CLAIM);
  }
  if (typeof currency !== "string") return noCurrency(currency);
  if (Number.isSafeInteger(amount) && Number(amount) >= 0 && Number(amount) <= MAX_CLAIM)
    return { amount: Number(amount), currency };
  return new Rejection("bad_amount", `amount is a whole number of minor units from 0 to ${MAX_CLAIM}.`);
}

/** Reads money in major units, in any of its types. */
export function readMoney(value: unknown, currency: unknown, most: number): Money {
  if (value === undefined || value === null)
    return new Rejection("bad_amount", "value is missing: give it in major units, e.g. 19.99");
  if (typeof currency !== "string") return noCurrency(currency);
  const code = LOWER_CODE.test(currency) ? currency.toUpperCase() : currency;
  const read = readAmount(value, code, most);
  return "fault" in read ? new Rejection("bad_amount", read.fault) : { amount: read.amount, currency: code };
}

/** Payment services such as Stripe hand codes over in lower case (https://docs.stripe.com/currencies). */
const LOWER_CODE = /^[a-z]{3}$/;

function noCurrency(currency: unknown): Rejection {
  const fault =
    currency === undefined || currency === null ? "is missing" : `must be a text, not a ${typeof currency}`;
  return new Rejection("bad_currency", `currency ${fault}: give a code of ISO 4217, e.g. "USD"`);
}

/** Codes of ISO 4217 by their form. Whatever else a page sends stays a detail, as text. */
const CODE = /^[A-Z]{3}$/;

/**
 * Money as the live tail shows it, apart from the other details: in minor units, whichever side it comes from. Undefined
 * for none, and for money that cannot be read.
 */
export function shownMoney(money: Money): LiveMoney | undefined {
  if (money === undefined || isRejection(money) || !CODE.test(money.currency)) return undefined;
  return { amount: money.amount, currency: money.currency };
}

/** The details without the keys of money. */
export function withoutMoney<Value>(details: Readonly<Record<string, Value>>): Record<string, Value> {
  const { amount: _amount, value: _value, currency: _currency, ...others } = details;
  return others;
}
