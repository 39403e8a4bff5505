import { UsageError } from "./command.ts";

/** Returns the catalog file of a command line. Throws a `UsageError` for none or several files. */
export function oneCatalog(files: readonly string[], command: string): string {
  const [catalog, ...rest] = files;
  if (catalog === undefined)
    throw new UsageError(`[rumkit] Missing catalog file, e.g. rumkit ${command} catalog.ts.`);
  if (rest.length > 0) throw new UsageError(`[rumkit] Expected one catalog file, got: ${files.join(", ")}.`);
  return catalog;
}
