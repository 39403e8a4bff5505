import { type ConversionEvent, toMinorUnits } from "@rumkit/protocol";

/** A conversion with its money in minor units, as far as it carries any. */
type Claimed = Pick<ConversionEvent, "amount" | "currency" | "experience">;

/**
 * The money that a page claims. It travels in minor units (`amount`), or as the app wrote it: `value` and
 * `currency` among the details, in major units. What is no amount of the currency becomes NaN.
 */
export function claimMoney({ amount, currency, experience, details = {} }: ConversionEvent): Claimed {
  const claimed = experience === undefined ? {} : { experience };
  if (amount !== undefined || currency !== undefined) {
    return {
      ...claimed,
      ...(amount !== undefined && { amount }),
      ...(currency !== undefined && { currency }),
    };
  }
  const { value, currency: code } = details;
  if (code === undefined) return claimed;
  return { ...claimed, amount: toMinorUnits(Number(value), String(code)), currency: String(code) };
}
