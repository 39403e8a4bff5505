/** What is remembered: more than an app has pages and endpoints that are often asked for, each of a short text. */
const MOST = 1_000;
const LONGEST = 256;

/**
 * The same function, which looks a text up that it has seen before: batches name the same few paths again and
 * again. When it has seen `most` it forgets them all, so a flood of paths costs it nothing but the look-up. Texts
 * of more than `longest` UTF-16 units are not remembered.
 */
export function rememberMatches<T>(
  match: (text: string) => T,
  { most = MOST, longest = LONGEST }: { most?: number; longest?: number } = {},
): (text: string) => T {
  const matches = new Map<string, T>();
  return (text) => {
    const known = matches.get(text);
    if (known !== undefined) return known;
    const found = match(text);
    if (text.length <= longest) {
      if (matches.size >= most) matches.clear();
      matches.set(text, found);
    }
    return found;
  };
}
