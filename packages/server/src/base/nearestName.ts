/** Names that differ in more letters than this are different words, not misspellings. */
const MOST_EDITS = 3;

/**
 * Returns the name that a misspelling probably means: up to a third of its letters may be wrong. Undefined if no name
 * is similar.
 */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  const text = wrong.toLowerCase();
  // A long text is not a misspelling of a short one, and comparing them would take long.
  const candidates = names.filter((name) => Math.abs(name.length - wrong.length) <= MOST_EDITS);
  const [nearest] = candidates
    .map((name) => ({ name, edits: editsBetween(text, name.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits);
  if (!nearest) return undefined;
  const most = Math.min(MOST_EDITS, Math.ceil(Math.max(wrong.length, nearest.name.length) / 3));
  return nearest.edits <= most ? nearest.name : undefined;
}

/** The number of letters to insert, remove, change or swap with their neighbor (optimal string alignment). */
function editsBetween(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const change = from[line - 1] === to[column - 1] ? 0 : 1;
      const isSwap = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      next.push(
        Math.min(
          next[column - 1]! + 1,
          row[column]! + 1,
          row[column - 1]! + change,
          isSwap ? before[column - 2]! + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = row;
    row = next;
  }
  return row[to.length]!;
}
