/** Names that a sentence lists: more do not help the reader of one line. */
const MAX_LISTED = 20;

/** Names for a sentence: `add, buy`, the first 20 and the number of others, or `none`. */
export function listNames(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return "none";
  const rest = all.length - MAX_LISTED;
  return all.slice(0, MAX_LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
