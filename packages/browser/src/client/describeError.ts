import { MAX_TEXT } from "@rumkit/protocol";

/** Query and hash of an address, up to the `:line:column` of a stack frame: both may hold what a user typed. */
const QUERY_OR_HASH = /(\/[^\s?#]*)[?#]\S*?(?=(:\d+)*\)?(\s|$))/g;

/**
 * Name, message, stack and component stack of whatever was thrown, cut to `MAX_TEXT` each, without the query and
 * hash of URLs.
 */
export function describeError(error: unknown, componentStack: unknown): string[] {
  const { name = "Error", message = error, stack = "" } = Object(error) as Record<string, unknown>;
  // Cut first: the pattern then never meets more than the limit. Anything can be thrown; "[object Object]" is a text too.
  return [name, message, stack, componentStack].map((text) =>
    String(text).slice(0, MAX_TEXT).replace(QUERY_OR_HASH, "$1"),
  );
}
