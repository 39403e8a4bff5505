import { readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { pathExists } from "../base/pathExists.ts";
import { isMissing } from "@rumkit/server/internal/base";

/** Error codes of Node for files that it cannot load, although a bundler or `tsc` could. */
const LOADER_CODES: ReadonlySet<unknown> = new Set([
  "ERR_UNKNOWN_FILE_EXTENSION",
  "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX",
  "ERR_INVALID_TYPESCRIPT_SYNTAX",
  "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING",
  "ERR_MODULE_NOT_FOUND",
  "MODULE_NOT_FOUND",
  "ERR_UNSUPPORTED_DIR_IMPORT",
  "ERR_IMPORT_ATTRIBUTE_MISSING",
  "ERR_PACKAGE_IMPORT_NOT_DEFINED",
  "ERR_REQUIRE_ESM",
  "ERR_REQUIRE_CYCLE_MODULE",
]);

/**
 * Imports a module as people write it: JavaScript or TypeScript, of either kind of modules, with imports that leave out
 * the extension, enums, namespaces, decorators, JSON, and the paths of a `tsconfig.json`. Node loads what it can. For
 * the rest `jiti` is used, which takes longer and is imported only then.
 *
 * Throws an Error that names the file and the line.
 */
export async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  const file = resolve(path);
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true)
      throw new Error(`[rumkit] ${path} is a folder. Name a file in it.`, { cause: error });
    if (!isLoaderFault(error)) throw describeFault(path, error);
  }
  try {
    const { createJiti } = await import("jiti");
    const jiti = createJiti(file, {
      fsCache: false,
      interopDefault: false,
      tsconfigPaths: findUpwards(dirname(file), "tsconfig.json") ?? false,
    });
    return await jiti.import<Readonly<Record<string, unknown>>>(file);
  } catch (error) {
    throw describeFault(path, error);
  }
}

/** True if the module may be valid and only Node cannot load it: nothing of it has run, or it has used `require`. */
function isLoaderFault(error: unknown): boolean {
  if (error instanceof SyntaxError) return true;
  if (error instanceof ReferenceError)
    return /^(?:require|module|exports|__dirname|__filename) is not defined/.test(error.message);
  return LOADER_CODES.has((error as { readonly code?: unknown } | null | undefined)?.code);
}

function findUpwards(folder: string, name: string): string | undefined {
  const file = join(folder, name);
  if (pathExists(file)) return file;
  const above = dirname(folder);
  return above === folder ? undefined : findUpwards(above, name);
}

function describeFault(path: string, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const missing = missingImport(message);
  const place = missing ? placeOfImport(missing) : placeOf(cause);
  const [reason = ""] = message
    .replace(/^ParseError: |^\[rumkit\] /, "")
    .replace(`${resolve(path)}: `, "")
    .split("\n");
  const where = place ? `${place}: ` : "";
  return new Error(`[rumkit] ${path} cannot be loaded: ${where}${reason.trim()}`, { cause });
}

interface MissingImport {
  readonly specifier: string;
  readonly importer: string;
}

function missingImport(message: string): MissingImport | undefined {
  const specifier = /Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  const importer = /(?:imported from |Require stack:\n- )([^\n]+)/.exec(message)?.[1];
  return specifier !== undefined && importer !== undefined ? { specifier, importer } : undefined;
}

/** Finds the line of an import. Node's error has only the path that it resolved from the specifier. */
function placeOfImport({ specifier, importer }: MissingImport): string | undefined {
  const file = importer.startsWith("file:") ? fileURLToPath(importer) : importer;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    // The fault is the missing import, reported without its line if this file cannot be read.
    return isMissing(error) ? undefined : shorten(file);
  }
  const written = isAbsolute(specifier) ? `/${basename(specifier)}` : specifier;
  const line = text
    .split("\n")
    .findIndex((content) => [`${written}"`, `${written}'`].some((end) => content.includes(end)));
  return line < 0 ? shorten(file) : `${shorten(file)}:${line + 1}`;
}

/** Returns the first location in an error that is outside of Node and of the loader. */
function placeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Node prints the location of a syntax error before the stack. Paths inside Node begin with "node:internal/".
  const places = `${error.message}\n${error.stack}`.matchAll(
    /(?<!\w)(file:\/\/[^\s():]+|(?:[A-Za-z]:)?[\\/][^\s():]+):(\d+)(?::(\d+))?/g,
  );
  for (const [, path = "", line, column] of places) {
    const file = path.startsWith("file:") ? fileURLToPath(path) : path;
    if (/[\\/]node_modules[\\/]/.test(file) || file === import.meta.filename) continue;
    return [shorten(file), line, ...(column === undefined ? [] : [column])].join(":");
  }
  return undefined;
}

function shorten(file: string): string {
  const short = relative(realpathSync(process.cwd()), file);
  return short.startsWith("..") ? file : short;
}
