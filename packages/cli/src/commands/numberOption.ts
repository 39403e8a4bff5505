import { UsageError } from "./command.ts";

/** Reads the whole number of a flag; undefined if it is not given. Throws a `UsageError` for any other text. */
export function readNumber(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text))
    throw new UsageError(`[rumkit] ${flag} must be a whole number (got "${text}").`);
  return Number(text);
}
