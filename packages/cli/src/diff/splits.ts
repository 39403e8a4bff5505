import type { LabelSpec } from "@rumkit/protocol";

/** Series of one name that have other labels than before. */
export interface Split {
  /** The label and the value by which they are named: `action`, `search`. */
  readonly label: string;
  readonly value: string;
  /** Labels that are new, with their values. */
  readonly added: LabelSpec;
  /** Labels that are gone. */
  readonly removed: readonly string[];
}

/**
 * Finds the values of the first label that exist in both versions with different further labels: an attribute of an
 * action that became a label, or a label that became an attribute.
 */
export function findSplits(before: readonly LabelSpec[], after: readonly LabelSpec[]): Split[] {
  const old = byFirstValue(before);
  return [...byFirstValue(after)].flatMap(([key, { label, value, labels }]) => {
    const earlier = old.get(key);
    if (!earlier) return [];
    const added = Object.fromEntries(
      Object.entries(labels).filter(([name]) => !Object.hasOwn(earlier.labels, name)),
    );
    const removed = Object.keys(earlier.labels).filter((name) => !Object.hasOwn(labels, name));
    return Object.keys(added).length + removed.length > 0 ? [{ label, value, added, removed }] : [];
  });
}

interface Named {
  readonly label: string;
  readonly value: string;
  /** The labels after the first, with all their values. */
  readonly labels: Record<string, readonly string[]>;
}

function byFirstValue(products: readonly LabelSpec[]): Map<string, Named> {
  const named = new Map<string, Named>();
  for (const product of products) {
    const [first, ...rest] = Object.entries(product);
    if (!first) continue;
    const [label, values] = first;
    for (const value of values) {
      const key = JSON.stringify([label, value]);
      const entry = named.get(key) ?? { label, value, labels: {} };
      for (const [name, more] of rest)
        entry.labels[name] = [...new Set([...(entry.labels[name] ?? []), ...more])];
      named.set(key, entry);
    }
  }
  return named;
}
