import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { makeFolder } from "../base/makeFolder.ts";
import { type Origin, readOrigin, withoutPlace } from "./origin.ts";

/** The files that `rumkit generate` writes for one catalog. */
export interface GeneratedFiles {
  readonly app: string;
  /** The absolute path of the catalog. */
  readonly catalog: string;
  /** Texts by path. */
  readonly files: ReadonlyMap<string, string>;
  /** Folders that hold generated files only, of this app and of others. */
  readonly folders: readonly string[];
}

/**
 * Writes the files and their folders. Removes older files of the same app, or of the same catalog before the app was
 * renamed, from those folders. Returns the removed paths.
 *
 * Throws, and writes nothing, if a file exists that another app or a person wrote.
 */
export async function writeGeneratedFiles(generated: GeneratedFiles): Promise<string[]> {
  const faults = await findForeignFiles(generated);
  if (faults.length > 0) throw new Error(faults.join("\n"));
  for (const [path, text] of generated.files) {
    await makeFolder(dirname(path));
    await writeFile(path, text);
  }
  const left = await findLeftFiles(generated);
  for (const path of left) await rm(path);
  return left;
}

/** Returns the paths whose file is missing, has another content, or would be removed. */
export async function findStaleFiles(generated: GeneratedFiles): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of generated.files) {
    const there = await readIfThere(path);
    if (there === undefined || withoutPlace(there) !== withoutPlace(text)) stale.push(path);
  }
  return [...stale, ...(await findLeftFiles(generated))];
}

/** Returns one sentence for each file that must not be replaced. */
async function findForeignFiles({ app, catalog, files }: GeneratedFiles): Promise<string[]> {
  const faults: string[] = [];
  for (const path of files.keys()) {
    const text = await readIfThere(path);
    if (text === undefined) continue;
    const origin = readOrigin(path, text);
    if (origin === undefined)
      faults.push(`[rumkit] ${path} is there, and was not generated. Move it away, or name another place.`);
    else if (origin.app !== undefined && origin.app !== app && origin.catalog !== catalog)
      faults.push(
        `[rumkit] ${path} belongs to the app ${origin.app}, and this catalog is of ${app}. Name another place, or remove it.`,
      );
  }
  return faults;
}

/** Finds files of earlier runs: those with an old name of the app, and those whose catalog has renamed its app. */
async function findLeftFiles({ app, catalog, files, folders }: GeneratedFiles): Promise<string[]> {
  const left: string[] = [];
  for (const path of await listFiles(folders)) {
    if (files.has(path)) continue;
    const origin = readOrigin(path, (await readIfThere(path)) ?? "");
    if (origin && isOurs(origin, app, catalog)) left.push(path);
  }
  return left;
}

function isOurs(origin: Origin, app: string, catalog: string): boolean {
  return origin.app === app || origin.catalog === catalog;
}

async function listFiles(folders: readonly string[]): Promise<string[]> {
  const paths: string[] = [];
  for (const folder of folders) {
    const names = await ifThere(readdir(folder), []);
    const written = names.filter((name) => [".json", ".yaml"].includes(extname(name)));
    paths.push(...written.toSorted().map((name) => join(folder, name)));
  }
  return paths;
}

function readIfThere(path: string): Promise<string | undefined> {
  return ifThere(readFile(path, "utf8"), undefined);
}

async function ifThere<T, U>(read: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await read;
  } catch (error) {
    // ENOTDIR: a file is in place of a folder of the path, which creating the folder reports.
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return otherwise;
    throw error;
  }
}
