/** Maximum texts in the cache, and UTF-16 units of each. An app has fewer popular pages and endpoints. */
const MOST = 1_000;
const LONGEST = 256;

/**
 * Returns the same function with a cache, because batches contain the same few paths repeatedly. The cache is cleared
 * when it has `most` texts, so a flood of paths costs only the lookups. Texts of more than `longest` UTF-16 units are
 * not cached.
 */
export function rememberMatches<T>(
  match: (text: string) => T,
  { most = MOST, longest = LONGEST }: { most?: number; longest?: number } = {},
): (text: string) => T {
  const matches = new Map<string, T>();
  let last: string | undefined;
  let lastFound: T;
  const find = (text: string): T => {
    const known = matches.get(text);
    if (known !== undefined) return known;
    const found = match(text);
    if (matches.size >= most) matches.clear();
    matches.set(text, found);
    return found;
  };
  return (text) => {
    // The events of a batch mostly have one route, and its text is not hashed again for each.
    if (text === last) return lastFound;
    if (text.length > longest) return match(text);
    lastFound = find(text);
    last = text;
    return lastFound;
  };
}
