import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathExists } from "../base/pathExists.ts";
import type { Project } from "./project.ts";

/** Returns the file of the catalog, relative to the folder of the project. */
export function catalogFile(project: Project): string {
  const { isTypeScript, isModule, page } = project;
  return `${prefixOf(project)}catalog.${isTypeScript ? "ts" : page !== undefined || isModule ? "js" : "mjs"}`;
}

/** `src/`, or nothing. */
export function prefixOf({ sources }: Project): string {
  return sources === "" ? "" : `${sources}/`;
}

/** Returns the specifier with which a file in the folder `beside`, with the extension `importer`, imports the catalog. */
export function relativeCatalog(project: Project, beside: string, importer: string): string {
  const file = catalogFile(project);
  const extension = file.slice(file.lastIndexOf(".") + 1);
  // A script of JavaScript is not compiled: Node.js loads the file by its own name, and strips the types.
  const named = importer === "ts" ? importExtension(project, extension) : extension;
  const from =
    beside === prefixOf(project)
      ? "./"
      : beside === ""
        ? `./${prefixOf(project)}`
        : `../${prefixOf(project)}`;
  return `${from}catalog.${named}`;
}

/**
 * Returns the extension for imports in TypeScript: a compiler that does not rewrite imports needs the extension of its
 * output. Without a tsconfig.json nothing is compiled.
 */
export function importExtension({ folder }: Project, extension: string): string {
  if (extension !== "ts") return extension;
  const path = join(folder, "tsconfig.json");
  const config = pathExists(path) ? readFileSync(path, "utf8") : undefined;
  const isKept =
    config === undefined ||
    /"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(config);
  return isKept ? "ts" : "js";
}

/** Returns the extension for files of pages. Bundlers resolve imports without one. */
export function extensionOf({ isTypeScript }: Project): string {
  return isTypeScript ? "ts" : "js";
}

/** Returns the folder with its slash; an empty string for the folder of the project. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}
