import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Catalog } from "@rumkit/protocol";

/**
 * Imports a catalogue module: its export `catalog`, or its default.
 *
 * Throws where the module cannot be imported or exports no catalogue.
 */
export async function loadCatalog(path: string): Promise<Catalog> {
  const exported = await importModule(path);
  const catalog = exported["catalog"] ?? exported["default"];
  if (!looksLikeCatalog(catalog)) {
    throw new Error(
      `[rumkit] ${path} exports no catalogue. Write: export const catalog = defineCatalog({ app, routes }).`,
    );
  }
  return catalog;
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`[rumkit] ${path} cannot be imported: ${reason}`, { cause });
  }
}

function looksLikeCatalog(value: unknown): value is Catalog {
  if (typeof value !== "object" || value === null) return false;
  const { app, routes } = value as Partial<Record<keyof Catalog, unknown>>;
  return typeof app === "string" && Array.isArray(routes);
}
