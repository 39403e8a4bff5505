import { MAX_AMOUNT, toMinorUnits } from "@rumkit/protocol";
import { requireNumber } from "./requireNumber.ts";
import type { NewEvent } from "./source.ts";
import { wireDetails } from "./wireDetails.ts";

/**
 * A conversion as it travels: `value` with `currency` becomes an amount of minor units, a value alone stays
 * a detail. Throws for what is no number, or no amount of the currency.
 */
export function describeConversion(name: string, given: unknown): NewEvent {
  const details = typeof given === "number" ? { value: requireNumber(given) } : given;
  const { value, currency, ...others } = Object(details) as Record<string, unknown>;
  const event = { type: "conversion" as const, name };
  if (value === undefined || currency === undefined) return { ...event, ...wireDetails(details) };
  const amount = toMinorUnits(requireNumber(value), String(currency));
  return {
    ...event,
    amount: requireNumber(amount, 0, MAX_AMOUNT),
    currency: String(currency),
    ...wireDetails(others),
  };
}
