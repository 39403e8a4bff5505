/** Returns a function that is true for texts with every word of a filter, in any order and case. */
export function matcherOf(filter: string): (text: string) => boolean {
  const words = filter.toLowerCase().split(/\s+/);
  return (text) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}
