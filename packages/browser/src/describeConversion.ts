import { toMinorUnits } from "@rumkit/protocol";
import { requireNumber, requireText } from "./require.ts";
import type { NewEvent } from "./source.ts";
import { wireDetails } from "./wireDetails.ts";

/**
 * A conversion as it travels: `value` with `currency` becomes an amount of minor units, a value alone stays
 * a detail. Throws for what is no amount of the currency.
 */
export function describeConversion(name: string, given: unknown): NewEvent {
  const details = typeof given === "number" ? { value: given } : given;
  const { value, currency, ...others } = Object(details) as Record<string, unknown>;
  const event = { type: "conversion" as const, name };
  if (currency === undefined) return { ...event, ...wireDetails(details) };
  const code = requireText(currency);
  return {
    ...event,
    amount: requireNumber(toMinorUnits(requireNumber(value), code)),
    currency: code,
    ...wireDetails(others),
  };
}
