import { UsageError } from "./command.ts";
import { shownUrl } from "./shownUrl.ts";

/** Reads the http or https URL of a flag. Throws a `UsageError` for any other text, without the secrets in it. */
export function readUrl(flag: string, text: string): URL {
  const url = URL.parse(text);
  if (!url || !["http:", "https:"].includes(url.protocol))
    throw new UsageError(`[rumkit] ${flag} must start with http:// or https:// (got "${shownUrl(text)}").`);
  return url;
}
