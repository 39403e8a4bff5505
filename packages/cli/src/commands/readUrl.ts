import { UsageError } from "./command.ts";
import { shownUrl } from "./shownUrl.ts";

/** The address that a flag gives: http or https. Throws a `UsageError` for any other text, without its secrets. */
export function readUrl(flag: string, text: string): URL {
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new UsageError(`[rumkit] ${flag} must start with http:// or https:// (got "${shownUrl(text)}").`);
  return url;
}
