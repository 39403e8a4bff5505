import type { Catalog } from "@rumkit/protocol";
import { learnedNamesAtMost } from "../metrics/learnedNames.ts";
import { type CatalogEntries, createCatalogEntries } from "./entries.ts";
import { learnedEntries } from "./learnedEntries.ts";

/** The entries of the catalog, and where it learns names, those that it does not declare. */
export function createEntries(catalog: Catalog): CatalogEntries {
  const declared = createCatalogEntries(catalog);
  if (learnedNamesAtMost(catalog) === 0) return declared;
  const { actions = {}, conversions = {}, measurements = {} } = catalog;
  const entriesOf = (group: object, name: string): CatalogEntries =>
    Object.hasOwn(group, name) ? declared : learnedEntries;
  return {
    action: (side, name, ...rest) => entriesOf(actions, name).action(side, name, ...rest),
    conversion: (side, name, ...rest) => entriesOf(conversions, name).conversion(side, name, ...rest),
    refund: (name, money) => entriesOf(conversions, name).refund(name, money),
    measurement: (side, name, ...rest) => entriesOf(measurements, name).measurement(side, name, ...rest),
  };
}
