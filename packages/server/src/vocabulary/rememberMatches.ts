/** Texts that are remembered: more than an app has pages and endpoints that are often asked for. */
const MOST = 1_000;

/** UTF-16 units of a text that is remembered. */
const LONGEST = 256;

/**
 * The same function, which looks a text up that it has seen before: batches name the same few paths again and
 * again. When it has seen too many it forgets them all, so a flood of paths costs it nothing but the look-up.
 */
export function rememberMatches<T>(match: (text: string) => T): (text: string) => T {
  const matches = new Map<string, T>();
  return (text) => {
    const known = matches.get(text);
    if (known !== undefined) return known;
    const found = match(text);
    if (text.length <= LONGEST) {
      if (matches.size >= MOST) matches.clear();
      matches.set(text, found);
    }
    return found;
  };
}
