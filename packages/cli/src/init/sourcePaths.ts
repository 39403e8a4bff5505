import { readFileSync } from "node:fs";
import { join } from "node:path";
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

/** Returns the specifier with which a file in the folder `beside` imports the catalog. */
export function relativeCatalog(project: Project, beside: string): string {
  const file = catalogFile(project);
  const extension = importExtension(project, file.slice(file.lastIndexOf(".") + 1));
  const from =
    beside === prefixOf(project)
      ? "./"
      : beside === ""
        ? `./${prefixOf(project)}`
        : `../${prefixOf(project)}`;
  return `${from}catalog.${extension}`;
}

/** Returns the extension for imports: a compiler that does not rewrite imports needs the extension of its output. */
export function importExtension({ folder, isTypeScript }: Project, extension: string): string {
  if (!isTypeScript || extension !== "ts") return extension;
  const config = readFileSync(join(folder, "tsconfig.json"), "utf8");
  return /"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(config)
    ? "ts"
    : "js";
}

/** Returns the extension for files of pages. Bundlers resolve imports without one. */
export function extensionOf({ isTypeScript }: Project): string {
  return isTypeScript ? "ts" : "js";
}

/** Returns the folder with its slash; an empty string for the folder of the project. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}
