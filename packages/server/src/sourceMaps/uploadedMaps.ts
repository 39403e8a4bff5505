import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createByteBudget } from "./byteBudget.ts";
import { type MapFile, mapKey, MAX_MAP_BYTES } from "./mapFile.ts";
import { isMissing } from "../base/systemError.ts";

/** Thrown for a map that is larger than the limit or the quota. */
export class MapTooLarge extends Error {
  constructor(message: string) {
    super(message);
    this.name = "MapTooLarge";
  }
}

/** The uploaded maps, in a separate folder: the name of each file is a digest. */
export interface UploadedMaps {
  list(): readonly MapFile[];
  /**
   * Stores a map. Throws a `MapTooLarge`, or the error of the disk.
   *
   * @param length The declared bytes of the body; undefined if it does not declare them.
   */
  put(release: string, file: string, body: Readable, length?: number): Promise<MapFile>;
}

interface Entry {
  readonly release: string;
  readonly file: string;
  readonly bytes: number;
  /** The time of the upload: milliseconds since 1970. */
  readonly at: number;
}

const MANIFEST = "manifest.json";

/**
 * Opens the folder of uploaded maps. The manifest lists them. Files that it does not list are left over from
 * interrupted uploads and are removed. If the manifest cannot be read, throws and removes nothing.
 *
 * @param quota Maximum bytes of all maps, and of all unfinished uploads. If a new map has no room, the release that
 * was uploaded longest ago is removed.
 */
export async function openUploadedMaps(folder: string, quota: number): Promise<UploadedMaps> {
  const entries = new Map<string, Entry>(
    (await readManifest(folder)).map((entry) => [mapKey(entry.release, entry.file), entry]),
  );
  await removeOrphans(folder, entries);
  /** The budget of unfinished uploads: together they take at most as much disk space as the stored maps. */
  const budget = createByteBudget(quota);
  /** Uploads are stored one after the other, because two concurrent ones would count the same free space twice. */
  let last: Promise<unknown> = Promise.resolve();

  return {
    list: () => [...entries].map(([key, entry]) => toMapFile(folder, key, entry)),
    put: async (release, file, body, length = MAX_MAP_BYTES) => {
      // A map without room is refused before it is written, if its length is declared.
      if (length < MAX_MAP_BYTES) {
        const entry = { release, file, bytes: length, at: 0 };
        makeRoom(entries, mapKey(release, file), entry, quota);
      }
      const giveBack = await budget.take(length);
      const temporary = join(folder, `${randomBytes(8).toString("hex")}.tmp`);
      try {
        await mkdir(folder, { recursive: true });
        const bytes = await writeBounded(temporary, body);
        const entry = { release, file, bytes, at: Date.now() };
        const kept = last.then(() => keepUpload(folder, entries, quota, temporary, entry));
        last = kept.catch(() => {});
        return await kept;
      } catch (error) {
        // The first error is thrown; files that are left are removed at the next start.
        await rm(temporary, { force: true }).catch(() => {});
        throw error;
      } finally {
        giveBack();
      }
    },
  };
}

/** Adds a finished upload to the maps, and removes those that make room for it. */
async function keepUpload(
  folder: string,
  entries: Map<string, Entry>,
  quota: number,
  temporary: string,
  entry: Entry,
): Promise<MapFile> {
  const key = mapKey(entry.release, entry.file);
  const leaving = makeRoom(entries, key, entry, quota);
  const next = new Map(entries);
  for (const gone of [...leaving, key]) next.delete(gone);
  next.set(key, entry);
  await rename(temporary, pathOf(folder, key));
  // Only maps in the manifest count, so a refused map leaves the earlier ones unchanged.
  await writeManifest(folder, [...next.values()]);
  entries.clear();
  for (const [each, of] of next) entries.set(each, of);
  // After the manifest: a surplus file is removed at the next start, a missing one is a fault.
  for (const gone of leaving) await rm(pathOf(folder, gone), { force: true }).catch(() => {});
  return toMapFile(folder, key, entry);
}

function toMapFile(folder: string, key: string, { release, file, bytes, at }: Entry): MapFile {
  return { release, file, path: pathOf(folder, key), bytes, version: String(at) };
}

/** Returns the keys to remove so that `entry` has room. Throws if removing all of them would not be enough. */
function makeRoom(entries: ReadonlyMap<string, Entry>, key: string, entry: Entry, quota: number): string[] {
  const others = [...entries].filter(([other]) => other !== key);
  let bytes = others.reduce((sum, [, other]) => sum + other.bytes, entry.bytes);
  const leaving: string[] = [];
  // Entries are in the order of uploads, so releases are in the order of their first remaining upload.
  const releases = new Set(others.map(([, other]) => other.release));
  releases.delete(entry.release);
  for (const release of releases) {
    if (bytes <= quota) break;
    for (const [other, { release: of, bytes: size }] of others) {
      if (of !== release) continue;
      leaving.push(other);
      bytes -= size;
    }
  }
  if (bytes > quota) throw new MapTooLarge(`The maps of one release have at most ${quota} bytes.`);
  return leaving;
}

async function writeBounded(path: string, body: Readable): Promise<number> {
  let bytes = 0;
  await pipeline(
    body,
    async function* count(source: AsyncIterable<Uint8Array>) {
      for await (const chunk of source) {
        bytes += chunk.length;
        if (bytes > MAX_MAP_BYTES) throw new MapTooLarge(`A map has at most ${MAX_MAP_BYTES} bytes.`);
        yield chunk;
      }
    },
    createWriteStream(path, { flags: "wx", flush: true }),
  );
  return bytes;
}

function pathOf(folder: string, key: string): string {
  return join(folder, `${key}.map`);
}

async function readManifest(folder: string): Promise<Entry[]> {
  const path = join(folder, MANIFEST);
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (isMissing(error)) return "[]";
    throw error;
  });
  const entries: unknown = JSON.parse(text);
  // The map of an invalid entry would be removed as a file that is not listed.
  if (!Array.isArray(entries) || !entries.every(isEntry))
    throw new Error(`[rumkit] ${path} is not a list of source maps. Restore it, or remove the folder.`);
  return entries;
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  const { release, file, bytes, at } = value as Readonly<Record<keyof Entry, unknown>>;
  return (
    typeof release === "string" &&
    typeof file === "string" &&
    typeof bytes === "number" &&
    typeof at === "number"
  );
}

/** Writes a temporary file first, then renames it, so that the manifest is always complete. */
async function writeManifest(folder: string, entries: readonly Entry[]): Promise<void> {
  const temporary = join(folder, `${MANIFEST}.tmp`);
  await writeFile(temporary, JSON.stringify(entries, undefined, 1), { flush: true });
  await rename(temporary, join(folder, MANIFEST));
}

async function removeOrphans(folder: string, entries: ReadonlyMap<string, Entry>): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const known = new Set([MANIFEST, ...[...entries.keys()].map((key) => `${key}.map`)]);
  for (const name of names) if (!known.has(name)) await rm(join(folder, name), { force: true });
}
