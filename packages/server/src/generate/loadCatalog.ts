import { existsSync } from "node:fs";
import type { Catalog } from "@rumkit/protocol";
import { importModule } from "./importModule.ts";

/** The smallest catalog, for who does not have one yet. */
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
 * Throws an Error where there is no such file, where it cannot be loaded (with file and line), or where it exports
 * no catalog.
 */
export async function loadCatalog(path: string): Promise<Catalog> {
  if (!existsSync(path)) {
    throw new Error(
      `[rumkit] ${path} does not exist. It has to export a catalog, which says what is counted:\n${EXAMPLE}`,
    );
  }
  const exported = await importModule(path);
  const catalog = candidates(exported).find(looksLikeCatalog);
  if (catalog) return catalog;
  const names = Object.keys(exported).join(", ") || "nothing";
  throw new Error(
    `[rumkit] ${path} exports no catalog, but ${names}. Export one that has app and routes:\n${EXAMPLE}`,
  );
}

/** Where a catalog may be: CommonJS has its exports in the default, in one or two steps. */
function candidates(exported: Readonly<Record<string, unknown>>): unknown[] {
  const inner = (exported["default"] ?? {}) as Readonly<Record<string, unknown>>;
  return [exported["catalog"], exported["default"], inner["catalog"], inner["default"], exported];
}

function looksLikeCatalog(value: unknown): value is Catalog {
  if (typeof value !== "object" || value === null) return false;
  const { app, routes } = value as Partial<Record<keyof Catalog, unknown>>;
  return typeof app === "string" && Array.isArray(routes);
}
