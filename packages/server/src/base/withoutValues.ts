/** Returns a fault without the refused value. */
export function withoutValues(fault: string): string {
  return fault
    .replace(/\bnot (?:"(?:[^"\\]|\\.)*"|-?[\d.]+n?)\./, "not what it is.")
    .replace(/\bhas "(?:[^"\\]|\\.)*" twice\.$/, "has a value twice.");
}
