import { MAX_TEXT } from "@rumkit/protocol";

/** Query and hash of a URL, up to the `:line:column` of a stack frame. Both can contain user input. */
const QUERY_OR_HASH = /(\/[^\s?#]*)[?#]\S*?(?=(:\d+)*\)?(\s|$))/g;

/**
 * Returns a property of a thrown value as text, or `absent` if it is missing: cut to `MAX_TEXT`, without the query and
 * hash of URLs. Never throws; an unreadable property is empty.
 */
export const describeError = (thrown: unknown, property: string, absent: unknown): string => {
  try {
    // Cut first, to bound the work of the pattern.
    return String((Object(thrown) as Record<string, unknown>)[property] ?? absent)
      .slice(0, MAX_TEXT)
      .replace(QUERY_OR_HASH, "$1");
  } catch {
    return "";
  }
};
