/** Thrown for an invalid catalog. */
export class CatalogError extends Error {
  readonly code = "bad_catalog";
  /** One message for each fault, beginning with its place: `actions.add_to_cart.help is required: …`. */
  readonly faults: readonly string[];

  /** @param file The module that contains the catalog, if it is known. */
  constructor(faults: readonly string[], file?: string) {
    const which = file === undefined ? "catalog" : `catalog in ${file}`;
    const problems = faults.length === 1 ? "1 problem" : `${faults.length} problems`;
    super([`[rumkit] Invalid ${which} (${problems}):`, ...faults.map((fault) => `  ${fault}`)].join("\n"));
    this.name = "CatalogError";
    this.faults = faults;
  }
}
