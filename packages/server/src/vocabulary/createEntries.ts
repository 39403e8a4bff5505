import type { Catalog } from "@rumkit/protocol";
import { learnedNamesAtMost, toLearnedName } from "../catalog/learnedNames.ts";
import { type CatalogEntries, createCatalogEntries } from "./entries.ts";
import { learnedEntries } from "./learnedEntries.ts";

/**
 * The entries of the catalog, and where it learns names, those that it does not declare. A name that is declared in
 * snake_case is the declared one, however it is written: else `addToCart` would count without the labels of
 * `add_to_cart`, and a page could claim in other letters what only the server reports.
 */
export function createEntries(catalog: Catalog): CatalogEntries {
  const declared = createCatalogEntries(catalog);
  if (learnedNamesAtMost(catalog) === 0) return declared;
  const { actions = {}, conversions = {}, measurements = {} } = catalog;
  const find = (group: object, name: string): readonly [CatalogEntries, string] => {
    if (Object.hasOwn(group, name)) return [declared, name];
    const learned = toLearnedName(name);
    return Object.hasOwn(group, learned) ? [declared, learned] : [learnedEntries, name];
  };
  return {
    action: (side, given, ...rest) => {
      const [entries, name] = find(actions, given);
      return entries.action(side, name, ...rest);
    },
    conversion: (side, given, ...rest) => {
      const [entries, name] = find(conversions, given);
      return entries.conversion(side, name, ...rest);
    },
    refund: (given, money) => {
      const [entries, name] = find(conversions, given);
      return entries.refund(name, money);
    },
    measurement: (side, given, ...rest) => {
      const [entries, name] = find(measurements, given);
      return entries.measurement(side, name, ...rest);
    },
  };
}
