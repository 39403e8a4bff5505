import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { MapFile } from "./mapFile.ts";
import { isMapFile, isRelease } from "./mapName.ts";

/** Maps that are found at most, and folders below a release: what exceeds it is left out. */
const MAX_FILES = 20_000;
const MAX_DEPTH = 10;

/**
 * The maps below `<directory>/<release>/`. Links are not followed and names that begin with a dot are left
 * out; a folder that cannot be read has none. Never rejects.
 */
export async function findDiskMaps(directory: string): Promise<MapFile[]> {
  const found: MapFile[] = [];
  for (const entry of await entriesOf(directory)) {
    if (entry.isDirectory() && isRelease(entry.name))
      await collect(found, join(directory, entry.name), entry.name, "", 0);
  }
  return found;
}

async function collect(
  found: MapFile[],
  folder: string,
  release: string,
  prefix: string,
  depth: number,
): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    if (found.length >= MAX_FILES) return;
    const path = join(folder, entry.name);
    const file = `${prefix}${entry.name}`;
    if (entry.isDirectory() && depth < MAX_DEPTH && !entry.name.startsWith("."))
      await collect(found, path, release, `${file}/`, depth + 1);
    else if (entry.isFile() && isMapFile(file)) {
      const status = await stat(path).catch(() => undefined);
      if (status) found.push({ release, file, path, bytes: status.size, version: String(status.mtimeMs) });
    }
  }
}

function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(() => []);
}
