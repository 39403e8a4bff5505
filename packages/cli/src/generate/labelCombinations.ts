import type { LabelSpec } from "@rumkit/protocol";
import { type Labels, labelOf } from "@rumkit/server/internal/metrics";

/**
 * Returns label sets as products of values: `{ action: ["add", "remove"], category: ["books", "games"] }` stands for four
 * sets. Sets of a shape that is not a product are listed one by one.
 */
export function combineLabels(sets: readonly Labels[]): LabelSpec[] {
  const groups = new Map<string, Labels[]>();
  for (const set of sets) {
    const names = Object.keys(set);
    // Values of the first label, such as the name of an action, may have different values of the others.
    const key = JSON.stringify([names, labelOf(set, names[0] ?? "")]);
    groups.set(key, [...(groups.get(key) ?? []), set]);
  }
  const products = [...groups.values()].flatMap(toProducts);
  const merged = new Map<string, Record<string, readonly string[]>>();
  for (const product of products) {
    const [first, ...rest] = Object.entries(product);
    const key = JSON.stringify([first?.[0], rest]);
    const same = merged.get(key);
    if (same && first) same[first[0]] = [...same[first[0]]!, ...first[1]];
    else merged.set(key, { ...product });
  }
  return [...merged.values()];
}

function toProducts(sets: readonly Labels[]): LabelSpec[] {
  const names = Object.keys(sets[0] ?? {});
  const values = names.map((name) => [...new Set(sets.map((set) => labelOf(set, name) ?? ""))]);
  const size = values.reduce((product, { length }) => product * length, 1);
  const distinct = new Set(sets.map((set) => JSON.stringify(names.map((name) => labelOf(set, name)))));
  if (size === distinct.size) return [Object.fromEntries(names.map((name, index) => [name, values[index]!]))];
  return sets.map((set) => Object.fromEntries(names.map((name) => [name, [labelOf(set, name) ?? ""]])));
}

/** Returns every label set of such products, as a text that is the same for the same labels. */
export function expandLabels(products: readonly LabelSpec[]): Set<string> {
  const sets = products.flatMap((product) =>
    Object.entries(product)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .reduce<string[][]>(
        (all, [label, values]) =>
          all.flatMap((set) => values.map((value) => [...set, `${label}=${JSON.stringify(value)}`])),
        [[]],
      ),
  );
  return new Set(sets.map((set) => `{${set.join(",")}}`));
}
