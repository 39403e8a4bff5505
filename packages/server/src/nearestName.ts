/** More than that many letters apart, a name is not a misspelling but another word. */
const MOST_EDITS = 3;

/** The name that was meant, undefined where none is near. */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .map((name) => ({ name, edits: editsBetween(wrong.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.edits - b.edits);
  return nearest && nearest.edits <= MOST_EDITS ? nearest.name : undefined;
}

/** Letters to insert, remove or change (Levenshtein). */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const change = from[line - 1] === to[column - 1] ? 0 : 1;
      next.push(Math.min(next[column - 1]! + 1, row[column]! + 1, row[column - 1]! + change));
    }
    row = next;
  }
  return row[to.length]!;
}
