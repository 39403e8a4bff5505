import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "./project.ts";

/** The file of the catalog, from the folder of the project. */
export function catalogFile(project: Project): string {
  const { isTypeScript, isModule, page } = project;
  return `${prefixOf(project)}catalog.${isTypeScript ? "ts" : page !== undefined || isModule ? "js" : "mjs"}`;
}

/** `src/`, or nothing. */
export function prefixOf({ sources }: Project): string {
  return sources === "" ? "" : `${sources}/`;
}

/** The specifier by which a file in the folder `beside` imports the catalog. */
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

/** The extension of an import: a compiler that leaves imports as they are wants that of its output. */
export function importExtension({ folder, isTypeScript }: Project, extension: string): string {
  if (!isTypeScript || extension !== "ts") return extension;
  const config = readFileSync(join(folder, "tsconfig.json"), "utf8");
  return /"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(config)
    ? "ts"
    : "js";
}

/** Of files for pages: bundlers resolve imports without one. */
export function extensionOf({ isTypeScript }: Project): string {
  return isTypeScript ? "ts" : "js";
}

/** With its slash; nothing for the folder of the project. */
export function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}
