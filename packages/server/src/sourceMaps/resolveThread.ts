/**
 * The thread that reads maps, so that it never blocks a request and can be terminated at any time.
 *
 * It reads files whose paths it receives. It never opens a URL that a map or a stack names.
 */

import { readFileSync, statSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import {
  decodedMappings,
  FlattenMap,
  originalPositionFor,
  sourceContentFor,
  type TraceMap,
} from "@jridgewell/trace-mapping";
import { MAX_MAP_BYTES, withoutPrefix } from "./mapFile.ts";
import type { GeneratedPosition, OriginalPosition, ResolveJob, ResolveReply } from "./resolverThread.ts";

const settings = workerData as { readonly keepSources: boolean };
const maps = createParsedMaps(settings.keepSources);

parentPort?.on("message", (job: ResolveJob) => {
  const loaded = job.positions.map(
    (position) => position && { position, map: maps.get(position.path, position.version) },
  );
  reply({ id: job.id, loaded: true });
  const failed = loaded.filter((entry) => entry && !entry.map).length;
  const positions = loaded.map(
    (entry) => entry?.map && originalPosition(entry.map, entry.position, job.context),
  );
  reply({ id: job.id, positions, failed });
});

function reply(message: ResolveReply): void {
  parentPort?.postMessage(message, []);
}

/** Units of a source's line that are shown. */
const CONTEXT_UNITS = 160;

/** Finds the source position of a position in a generated file; undefined if the map does not cover it. */
function originalPosition(
  map: TraceMap,
  { line, column }: GeneratedPosition,
  withContext: boolean,
): OriginalPosition | undefined {
  if (line < 1 || column < 1) return undefined;
  // Columns of stacks begin with 1, columns of maps with 0.
  const found = originalPositionFor(map, { line, column: column - 1 });
  if (found.source === null) return undefined;
  const context = withContext ? lineOf(map, found.source, found.line) : undefined;
  return {
    file: originalFile(found.source),
    line: found.line,
    column: found.column + 1,
    ...(found.name !== null && { name: found.name }),
    ...(context !== undefined && { context }),
  };
}

function lineOf(map: TraceMap, source: string, line: number): string | undefined {
  return sourceContentFor(map, source)?.split("\n")[line - 1]?.trim().slice(0, CONTEXT_UNITS);
}

/**
 * Shortens the path of a source: `../../src/cart.ts`, `webpack://shop/./src/cart.ts` and
 * `turbopack:///[project]/src/cart.ts` are `src/cart.ts`.
 */
function originalFile(source: string): string {
  const scheme = source.indexOf("://");
  const below = scheme < 0 ? source : source.slice(source.indexOf("/", scheme + 3) + 1);
  const path = below.startsWith("[project]/") ? below.slice("[project]/".length) : below;
  const segments = path.split("/").filter((segment) => segment !== "." && segment !== ".." && segment !== "");
  const query = segments.join("/").search(/[?#]/);
  return query < 0 ? segments.join("/") : segments.join("/").slice(0, query);
}

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
function createParsedMaps(keepSources: boolean): ParsedMaps {
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
