import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { importModule } from "../generate/importModule.ts";
import { pathExists } from "../base/pathExists.ts";
import { isObject } from "@rumkit/server/internal/base";
import { IN_MEMORY } from "./config.ts";
import { ConfigError } from "./configError.ts";

/** Searched in this order if no file is named. */
const FILE_NAMES = ["ts", "mts", "js", "mjs", "json"].map((extension) => `rumkit.config.${extension}`);

export interface ConfigFile {
  /** The absolute path. */
  readonly path: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Reads the configuration file; undefined if none is named and no file with a usual name exists. It may be written in
 * the same languages as a catalog.
 *
 * Throws a `ConfigError` for a file that is missing, cannot be run, or contains no settings.
 */
export async function readConfigFile(
  named: string | undefined,
  folder: string,
): Promise<ConfigFile | undefined> {
  const path = named === undefined ? findFile(folder) : resolve(folder, named);
  if (path === undefined) return undefined;
  if (!isUsualFile(path)) throw new ConfigError([`${path} does not exist.`]);
  const settings = await readSettings(path);
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw new ConfigError([`${path} holds no settings. Write: export default defineConfig({ … }).`]);
  }
  return { path, settings: fromFolderOf(path, settings as Record<string, unknown>) };
}

function findFile(folder: string): string | undefined {
  return FILE_NAMES.map((name) => resolve(folder, name)).find(isUsualFile);
}

/**
 * Returns true if a file with a usual name exists. Throws a `ConfigError` if that cannot be determined, because the
 * collector would start without its settings.
 */
export function isUsualFile(path: string): boolean {
  try {
    return pathExists(path);
  } catch (error) {
    throw new ConfigError([(error as Error).message.replace("[rumkit] ", "")]);
  }
}

async function readSettings(path: string): Promise<unknown> {
  try {
    if (extname(path) === ".json") return JSON.parse(await readText(path));
    const { default: settings } = await importModule(path);
    return settings;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (cause instanceof SyntaxError && extname(path) === ".json")
      throw new ConfigError([describeJsonFault(path, await readText(path), message)]);
    // The error of an imported module already contains file and line.
    const isNamed = message.startsWith("[rumkit] ");
    throw new ConfigError([isNamed ? message.slice(9) : `${path} cannot be read: ${message}`]);
  }
}

/** Reads a file without the byte order mark that editors of Windows begin it with, which JSON does not know. */
async function readText(path: string): Promise<string> {
  return (await readFile(path, "utf8")).replace(/^\uFEFF/, "");
}

/** Returns line and column of a fault in JSON, as far as V8's message contains them. */
function describeJsonFault(path: string, text: string, message: string): string {
  const before = text.slice(0, positionOf(text, message)).split("\n");
  const reason = message.replace(/ in JSON at position[^]*$|, (?:\.{3})?"[^]*$/, "");
  return `${path}:${before.length}:${before.at(-1)!.length + 1} is not valid JSON: ${reason}.`;
}

/** Number of characters that V8 prints before the unexpected one. */
const SHOWN_BEFORE = 10;

function positionOf(text: string, message: string): number {
  const position = / at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  const [, token = "", cut, excerpt] = /token '([^])', (\.{3})?"([^]*)"(?:\.{3})? is not/.exec(message) ?? [];
  // "Unexpected end of JSON input".
  if (excerpt === undefined) return text.trimEnd().length;
  return text.indexOf(excerpt) + (cut === undefined ? excerpt.indexOf(token) : SHOWN_BEFORE);
}

/**
 * Returns the place of a setting in a file: `<path>:<line>`, or only the path if the line is not found. Of a key within a
 * setting, it is the line of the last key that is found, each after the one before.
 */
export function placeOfSetting(path: string, keys: readonly PropertyKey[]): string {
  const lines = readFileSync(path, "utf8").split("\n");
  let found = -1;
  for (const key of keys) {
    if (typeof key !== "string") continue;
    const written = new RegExp(`(?:^|[\\s{,])["']?${key.replace(/\W/g, "\\$&")}["']?\\s*:`);
    const next = lines.findIndex((text, line) => line >= found && written.test(text));
    if (next < 0) break;
    found = next;
  }
  return found < 0 ? path : `${path}:${found + 1}`;
}

/** Resolves paths in a configuration file relative to that file, not to the working directory. */
function fromFolderOf(path: string, settings: Record<string, unknown>): Record<string, unknown> {
  const { alerts, catalog, journal, sourceMaps, spool } = settings;
  const folder = dirname(path);
  return {
    ...settings,
    ...(alerts !== undefined && { alerts: withSecretsFrom(folder, alerts) }),
    ...(typeof catalog === "string" && { catalog: resolve(folder, catalog) }),
    ...(typeof journal === "string" && journal !== IN_MEMORY && { journal: resolve(folder, journal) }),
    ...(typeof sourceMaps === "string" && { sourceMaps: resolve(folder, sourceMaps) }),
    ...(typeof spool === "string" && { spool: resolve(folder, spool) }),
  };
}

/** Resolves the path of each secret: `{ file: "./slack" }`. */
function withSecretsFrom(folder: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((entry: unknown) => withSecretsFrom(folder, entry));
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === "file" && typeof only[1] === "string")
    return { file: resolve(folder, only[1]) };
  return Object.fromEntries(entries.map(([name, entry]) => [name, withSecretsFrom(folder, entry)]));
}
