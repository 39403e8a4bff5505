/** Texts that are remembered, and UTF-16 units of each: more than an app has popular pages and endpoints. */
const MOST = 1_000;
const LONGEST = 256;

/**
 * The same function with a memory for texts that it has seen, because batches name the same few paths again and again.
 * It forgets all of them once it has seen `most`, so a flood of paths costs only the lookups. Texts of more than
 * `longest` UTF-16 units are not remembered.
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
