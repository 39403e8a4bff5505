import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, extname, resolve } from "node:path";
import { importModule } from "../generate/importModule.ts";
import { ConfigError, IN_MEMORY } from "./config.ts";

/** Looked for in this order where no file is named. */
const FILE_NAMES = ["ts", "mts", "js", "mjs", "json"].map((extension) => `rumkit.config.${extension}`);

export interface ConfigFile {
  /** Absolute. */
  readonly path: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Reads the configuration's file; undefined where none is named and none of the usual names is there.
 * It may be written as a catalog may.
 *
 * Throws a `ConfigError` for a file that is missing, cannot be run, or holds no settings.
 */
export async function readConfigFile(
  named: string | undefined,
  folder: string,
): Promise<ConfigFile | undefined> {
  const path = named === undefined ? findFile(folder) : resolve(folder, named);
  if (path === undefined) return undefined;
  const settings = await readSettings(path);
  if (typeof settings !== "object" || settings === null || Array.isArray(settings)) {
    throw new ConfigError([`${path} holds no settings. Write: export default defineConfig({ … }).`]);
  }
  return { path, settings: fromFolderOf(path, settings as Record<string, unknown>) };
}

function findFile(folder: string): string | undefined {
  return FILE_NAMES.map((name) => resolve(folder, name)).find((path) => existsSync(path));
}

async function readSettings(path: string): Promise<unknown> {
  try {
    if (extname(path) === ".json") return JSON.parse(await readFile(path, "utf8"));
    const { default: settings } = await importModule(path);
    return settings;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // What was imported names its file and line itself.
    const isNamed = message.startsWith("[rumkit] ");
    throw new ConfigError([isNamed ? message.slice(9) : `${path} cannot be read: ${message}`]);
  }
}

/** Paths in a file are meant from where the file lies, wherever the command is run. */
function fromFolderOf(path: string, settings: Record<string, unknown>): Record<string, unknown> {
  const { catalog, journal, sourceMaps } = settings;
  const folder = dirname(path);
  return {
    ...settings,
    ...(typeof catalog === "string" && { catalog: resolve(folder, catalog) }),
    ...(typeof journal === "string" && journal !== IN_MEMORY && { journal: resolve(folder, journal) }),
    ...(typeof sourceMaps === "string" && { sourceMaps: resolve(folder, sourceMaps) }),
  };
}
