import { readFileSync, statSync } from "node:fs";
import { decodedMappings, FlattenMap, type TraceMap } from "@jridgewell/trace-mapping";
import { MAX_MAP_BYTES, withoutPrefix } from "./mapFile.ts";

/** Maximum bytes of source text whose maps stay parsed: the maps of the current release. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Invalid maps that are remembered and not read again. */
const MAX_BROKEN = 1_000;

/** The cache of parsed maps in the thread: the most recently used ones, within a budget of bytes. */
export interface ParsedMaps {
  /** Returns a map, and reads and decodes it if needed; undefined for a file that is not a source map. */
  get(path: string, version: string): TraceMap | undefined;
}

/** @param keepSources True if maps keep their sources, which are most of the text. */
export function createParsedMaps(keepSources: boolean): ParsedMaps {
  /** In the order of their last use. */
  const kept = new Map<string, { readonly map: TraceMap; readonly bytes: number }>();
  const broken = new Set<string>();
  let keptBytes = 0;

  const read = (key: string, path: string): TraceMap | undefined => {
    try {
      const bytes = statSync(path).size;
      if (bytes > MAX_MAP_BYTES) throw new RangeError("The map is too large.");
      // Makes room before the map is read, because the cached maps and the new one together may take too much memory.
      for (const [oldest, { bytes: size }] of kept) {
        if (keptBytes + bytes <= KEPT_BYTES) break;
        kept.delete(oldest);
        keptBytes -= size;
      }
      const map = parseMap(readFileSync(path, "utf8"), keepSources);
      kept.set(key, { map, bytes });
      keptBytes += bytes;
      return map;
    } catch (error) {
      // A failing disk or a limit of open files does not make the map invalid.
      if (!isSystemError(error) && broken.size < MAX_BROKEN) broken.add(key);
      return undefined;
    }
  };

  return {
    get: (path, version) => {
      const key = `${path}\0${version}`;
      if (broken.has(key)) return undefined;
      const entry = kept.get(key);
      if (!entry) return read(key, path);
      kept.delete(key);
      kept.set(key, entry);
      return entry.map;
    },
  };
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}

function parseMap(text: string, keepSources: boolean): TraceMap {
  const source = JSON.parse(withoutPrefix(text), (key, value: unknown) =>
    key === "sourcesContent" && !keepSources ? undefined : value,
  ) as ConstructorParameters<typeof TraceMap>[0];
  const map = new FlattenMap(source);
  // Decoded here, within the time limit for reading, and not at the first frame.
  decodedMappings(map);
  return map;
}
