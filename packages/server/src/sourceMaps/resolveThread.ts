/**
 * The thread that reads maps, so that it never blocks a request and can be terminated at any time.
 *
 * It reads files whose paths it receives. It never opens a URL that a map or a stack names.
 */
import { parentPort, workerData } from "node:worker_threads";
import { createParsedMaps } from "./parsedMaps.ts";
import type { GeneratedPosition, OriginalPosition, ResolveJob, ResolveReply } from "./resolverThread.ts";
import { originalPositionFor, sourceContentFor, type TraceMap } from "@jridgewell/trace-mapping";

const { keepSources } = workerData as { readonly keepSources: boolean };
const maps = createParsedMaps(keepSources);

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
