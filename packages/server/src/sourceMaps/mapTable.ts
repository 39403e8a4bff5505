import { join } from "node:path";
import type { Readable } from "node:stream";
import { findDiskMaps } from "./diskMaps.ts";
import { type MapFile, mapKey } from "./mapFile.ts";
import { reasonOf } from "../base/systemError.ts";
import { openUploadedMaps, type UploadedMaps } from "./uploadedMaps.ts";

/** Milliseconds between two scans of the disk for an unknown release, which a deployment may have added. */
const RESCAN_MS = 30_000;

/** Segments of a script's path by which its map is searched. */
const MAX_SUFFIXES = 12;

/** Every map that the collector has, by release and script. */
export interface MapTable {
  /** Returns the map of a script, undefined if there is none. `file` is a frame's: `/assets/app-3f2a91bc.js`. */
  find(release: string, file: string): MapFile | undefined;
  /** Scans the disk if the release is unknown and the last scan is more than `RESCAN_MS` ago. Never rejects. */
  refreshFor(release: string): Promise<void>;
  put(release: string, file: string, body: Readable, length?: number): Promise<void>;
  /** A number that changes with every scan of the disk. */
  generation(): number;
}

/**
 * Opens the maps below a folder: `<release>/….map` as a deployment puts them there, and `.uploads` of the collector.
 *
 * A map is found by the release and path of its script, or by the end of the path, because scripts are often served
 * under another root than they were built in. If two maps of a release have the same end, it finds neither.
 *
 * @param onFailed Receives the reason if the folder could not be read: once, until a scan reads everything again.
 */
export function createMapTable(
  directory: string,
  quota: number,
  now: () => number,
  onFailed: (message: string) => void = () => {},
): MapTable {
  const open = createOpening(join(directory, ".uploads"), quota);
  const scan = createScan(directory, open, onFailed);
  let scannedAt = Number.NEGATIVE_INFINITY;
  let scanning: Promise<void> | undefined;

  const rescan = (): Promise<void> =>
    (scanning ??= scan.run().finally(() => {
      scannedAt = now();
      scanning = undefined;
    }));

  return {
    find: (release, file) => findIn(scan.found(), release, file),
    refreshFor: async (release) => {
      if (!scan.knows(release) && now() - scannedAt >= RESCAN_MS) await rescan();
    },
    generation: scan.runs,
    put: async (release, file, body, length) => {
      await (await open()).put(release, file, body, length);
      await scanning;
      await rescan();
    },
  };
}

/**
 * Returns a function that opens the uploaded maps. A folder that cannot be opened now may be readable at the next
 * call.
 */
function createOpening(folder: string, quota: number): () => Promise<UploadedMaps> {
  let opened: Promise<UploadedMaps> | undefined;
  return () =>
    (opened ??= openUploadedMaps(folder, quota).catch((error: unknown) => {
      opened = undefined;
      throw error;
    }));
}

/** Reads the maps of a folder into a table, again at each run. */
function createScan(
  directory: string,
  open: () => Promise<UploadedMaps>,
  onFailed: (message: string) => void,
) {
  let table: MapIndex = index([]);
  /** The maps of the last run that read everything. */
  let complete: readonly MapFile[] = [];
  let isComplete = false;
  let isFaulty = false;
  let runs = 0;
  return {
    found: () => table.found,
    /** True if the release has maps, and the last run read everything. */
    knows: (release: string): boolean => isComplete && table.releases.has(release),
    runs: () => runs,
    /** Never rejects. */
    run: async (): Promise<void> => {
      const { maps, fault } = await findMaps(directory, open);
      const wasFaulty = isFaulty;
      isFaulty = fault !== undefined;
      isComplete = !isFaulty;
      if (isFaulty && !wasFaulty)
        onFailed(
          `The source maps in ${directory} cannot all be read: ${reasonOf(fault).replace(/^\[rumkit\] |\.$/g, "")}. Maps that were found before stay in use.`,
        );
      if (isComplete) complete = maps;
      // A failed scan does not remove maps that were found before.
      table = index(isComplete ? maps : [...complete, ...maps]);
      runs += 1;
    },
  };
}

/** Reads the maps of a folder, deployed and uploaded, and the reason if some of them could not be read. */
async function findMaps(
  directory: string,
  open: () => Promise<UploadedMaps>,
): Promise<{ readonly maps: readonly MapFile[]; readonly fault: unknown }> {
  const disk = await findDiskMaps(directory);
  let { fault } = disk;
  const uploaded = await open().then(
    (maps) => maps.list(),
    (error: unknown) => {
      fault ??= error;
      return [];
    },
  );
  return { maps: [...disk.maps, ...uploaded], fault };
}

interface MapIndex {
  readonly found: ReadonlyMap<string, MapFile | "ambiguous">;
  readonly releases: ReadonlySet<string>;
}

/** Indexes maps by their whole path, which is unique, and by their name, which several may share. */
function index(maps: readonly MapFile[]): MapIndex {
  const byKey = new Map<string, MapFile | "ambiguous">();
  const nested = maps.filter(({ file }) => file.includes("/"));
  for (const map of nested) {
    const key = mapKey(map.release, map.file.slice(map.file.lastIndexOf("/") + 1));
    const other = byKey.get(key);
    // An upload replaces a deployed map of the same path.
    byKey.set(
      key,
      other && other !== "ambiguous" && other.file !== map.file
        ? "ambiguous"
        : other === "ambiguous"
          ? other
          : map,
    );
  }
  for (const map of maps) byKey.set(mapKey(map.release, map.file), map);
  return { found: byKey, releases: new Set(maps.map(({ release }) => release)) };
}

function findIn(
  found: ReadonlyMap<string, MapFile | "ambiguous">,
  release: string,
  file: string,
): MapFile | undefined {
  for (const suffix of suffixesOf(file)) {
    const map = found.get(mapKey(release, `${suffix}.map`));
    if (map) return map === "ambiguous" ? undefined : map;
  }
  return undefined;
}

/**
 * Returns the paths to search: for `/shop/assets/app.js` they are `shop/assets/app.js`, `assets/app.js` and `app.js`.
 * URLs are percent-encoded, file names are not: `%5Bid%5D.js` is the file `[id].js`.
 */
function suffixesOf(file: string): string[] {
  const segments = decoded(file)
    .split("/")
    .filter((segment) => segment !== "");
  const shown = segments.slice(-MAX_SUFFIXES);
  return shown.map((_, from) => shown.slice(from).join("/"));
}

function decoded(file: string): string {
  try {
    return decodeURIComponent(file);
  } catch {
    return file;
  }
}
