import { UsageError } from "./command.ts";
import { shownUrl } from "./shownUrl.ts";

/**
 * Throws a `UsageError` for an argument of a command that takes options only.
 *
 * @param urlFlag The option for an address: people write the address alone.
 */
export function refuseArguments([argument]: readonly string[], urlFlag: string): void {
  if (argument === undefined) return;
  const shown = shownUrl(argument).slice(0, 100);
  const advice = /^https?:/i.test(argument) ? ` Did you mean ${urlFlag} ${shown}?` : "";
  throw new UsageError(`[rumkit] Unknown argument "${shown}".${advice}`);
}
