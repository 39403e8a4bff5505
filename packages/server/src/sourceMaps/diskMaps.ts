import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { isMapFile, isRelease, type MapFile } from "./mapFile.ts";
import { isMissing } from "../base/systemError.ts";

/** Maximum maps that are read, and folders below a release. Further ones are left out. */
const MAX_FILES = 20_000;
const MAX_DEPTH = 10;

/** The maps of a folder as far as it could be read. */
export interface DiskMaps {
  readonly maps: MapFile[];
  /** The first error while reading, such as too many open files. There may be more maps than were found. */
  fault: unknown;
}

/**
 * The maps below `<directory>/<release>/`. Links are not followed, and names that begin with a dot are left
 * out. Never rejects.
 */
export async function findDiskMaps(directory: string): Promise<DiskMaps> {
  const found: DiskMaps = { maps: [], fault: undefined };
  for (const entry of await entriesOf(found, directory)) {
    if (entry.isDirectory() && isRelease(entry.name))
      await collect(found, join(directory, entry.name), entry.name, "", 0);
  }
  return found;
}

async function collect(
  found: DiskMaps,
  folder: string,
  release: string,
  prefix: string,
  depth: number,
): Promise<void> {
  for (const entry of await entriesOf(found, folder)) {
    if (found.maps.length >= MAX_FILES) return;
    const path = join(folder, entry.name);
    const file = `${prefix}${entry.name}`;
    if (entry.isDirectory() && depth < MAX_DEPTH && !entry.name.startsWith("."))
      await collect(found, path, release, `${file}/`, depth + 1);
    else if (entry.isFile() && isMapFile(file)) {
      const status = await stat(path).catch(failed(found, undefined));
      if (status)
        found.maps.push({ release, file, path, bytes: status.size, version: String(status.mtimeMs) });
    }
  }
}

function entriesOf(found: DiskMaps, folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch(failed(found, []));
}

/** Handles an error. A file or folder that is gone has no maps; after any other error the scan is incomplete. */
function failed<T>(found: DiskMaps, value: T): (error: unknown) => T {
  return (error) => {
    if (!isMissing(error)) found.fault ??= error;
    return value;
  };
}
