import { readFileSync } from "node:fs";
import type { Catalog } from "@rumkit/protocol";
import { pathExists } from "../base/pathExists.ts";
import { importModule } from "./importModule.ts";
import { createPlaceFinder } from "./placeOf.ts";
import { CatalogError, findCatalogFaults } from "@rumkit/server/internal/metrics";
import { isObject } from "@rumkit/server/internal/base";

/** The smallest catalog, as an example in error messages. */
const EXAMPLE = `
  import { defineCatalog } from "@rumkit/protocol";

  export const catalog = defineCatalog({
    app: "shop",
    routes: ["/", "/products/:id"],
    actions: { add_to_cart: { help: "Products put into the cart." } },
  });
`;

/**
 * Imports a catalog module, in JavaScript or TypeScript: its export `catalog`, or its default.
 *
 * Throws an Error if the file does not exist, cannot be loaded (with file and line) or exports no catalog, and a
 * `CatalogError` with file and lines for an invalid catalog.
 */
export async function loadCatalog(path: string): Promise<Catalog> {
  const catalog = await importCatalog(path);
  const faults = findCatalogFaults(catalog);
  if (faults.length > 0) {
    const placeOf = createPlaceFinder(readFileSync(path, "utf8"));
    throw new CatalogError(
      faults.map(({ text, at }) => `${path}:${placeOf(at)?.line ?? "?"} ${text}`.replace(":? ", ": ")),
      path,
    );
  }
  return catalog as unknown as Catalog;
}

/**
 * Imports a catalog module without checking the catalog.
 *
 * Throws an Error if the file does not exist, cannot be loaded (with file and line) or exports no catalog.
 */
export async function importCatalog(path: string): Promise<object> {
  if (!pathExists(path)) {
    throw new Error(
      `[rumkit] ${path} does not exist. It must export a catalog, which declares what is counted:\n${EXAMPLE}`,
    );
  }
  const exported = await importModule(path);
  const catalog = await findCatalog(exported);
  if (catalog === undefined) {
    throw new Error(`[rumkit] ${path} ${explainExports(exported)}`);
  }
  return catalog;
}

/** Returns the export that resembles a catalog most; it may be invalid. */
async function findCatalog(exported: Readonly<Record<string, unknown>>): Promise<object | undefined> {
  // An export may be a promise of a catalog that is read from elsewhere.
  const found = (await Promise.all(candidates(exported))).filter(isObject);
  // A module whose exports are the parts of a catalog is not itself a catalog.
  const whole = (value: object): boolean => value !== exported;
  return (
    found.find(hasParts("app", "routes")) ??
    found.filter(whole).find(hasParts("app")) ??
    found.filter(whole).find(hasParts("routes"))
  );
}

/** Ends the message about a module without a catalog in its place. */
function explainExports(exported: Readonly<Record<string, unknown>>): string {
  const renamed = Object.keys(exported).find((name) => {
    const value = exported[name];
    return isObject(value) && hasParts("app", "routes")(value);
  });
  if (renamed !== undefined)
    return `exports its catalog as ${renamed}. Name it catalog: export { ${renamed} as catalog };`;
  const called = ["catalog", "default"].find((name) => typeof exported[name] === "function");
  if (called !== undefined)
    return `exports a function as ${called}. Export its result: a catalog, or a promise of one.`;
  const names = Object.keys(exported).join(", ") || "nothing";
  return `exports no catalog, but ${names}. Export one that has app and routes:\n${EXAMPLE}`;
}

/**
 * Returns the objects that may have the catalog as an export: the exports of CommonJS are in `default`, nested once or
 * twice.
 */
function candidates(exported: Readonly<Record<string, unknown>>): unknown[] {
  const inner = (exported["default"] ?? {}) as Readonly<Record<string, unknown>>;
  return [exported["catalog"], exported["default"], inner["catalog"], inner["default"], exported];
}

function hasParts(...keys: readonly string[]): (value: object) => boolean {
  return (value) => keys.every((key) => key in value);
}
