import { UsageError } from "./command.ts";
import { shownUrl } from "./shownUrl.ts";

/**
 * Throws a `UsageError` if a command that accepts only options gets an argument.
 *
 * @param urlFlag The option for a URL, which the message suggests if the argument is a URL.
 */
export function refuseArguments([argument]: readonly string[], urlFlag: string): void {
  if (argument === undefined) return;
  const shown = shownUrl(argument).slice(0, 100);
  const advice = /^https?:/i.test(argument) ? ` Did you mean ${urlFlag} ${shown}?` : "";
  throw new UsageError(`[rumkit] Unknown argument "${shown}".${advice}`);
}
