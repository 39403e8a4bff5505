import { MAX_TEXT } from "@rumkit/protocol";

/** Query and hash of an address, up to the `:line:column` of a stack frame: both may hold what a user typed. */
const QUERY_OR_HASH = /(\/[^\s?#]*)[?#]\S*?(?=(:\d+)*\)?(\s|$))/g;

/**
 * The text of a property of whatever was thrown, or of `absent` where it has none: cut to `MAX_TEXT`, without the
 * query and hash of URLs. Never throws: what cannot be read is empty.
 */
export const describeError = (thrown: unknown, property: string, absent: unknown): string => {
  try {
    // Cut first: the pattern then never meets more than the limit.
    return String((Object(thrown) as Record<string, unknown>)[property] ?? absent)
      .slice(0, MAX_TEXT)
      .replace(QUERY_OR_HASH, "$1");
  } catch {
    return "";
  }
};
