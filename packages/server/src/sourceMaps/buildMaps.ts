import { readdir, readFile } from "node:fs/promises";
import { basename, join, posix, relative, sep } from "node:path";
import { isMapFile, readSourceMap, sourceMappingUrl } from "./mapFile.ts";

/** A source map of a build, named after its script. */
export interface BuildMap {
  /** `assets/app-3f2a91bc.js.map`: the script's path below the folder, and `.map`. */
  readonly file: string;
  /** The path of the map below the folder; undefined for a map inside its script. */
  readonly from: string | undefined;
  readonly text: string;
}

/** A part of a build whose stacks will not be resolved. */
export interface BuildFault {
  readonly file: string;
  /** A sentence without the file: "names the map b.js.map, which is not there". */
  readonly reason: string;
}

export interface BuildMaps {
  /** Scripts below the folder, and the number of those without a map. */
  readonly scripts: number;
  readonly withoutMap: number;
  /** Read one at a time: the maps of a large build are hundreds of megabytes. */
  readonly maps: AsyncIterable<BuildMap | BuildFault>;
}

const SCRIPT = /\.[cm]?js$/;

/** Maps of style sheets and type declarations: no stack names them. */
const NOT_OF_SCRIPTS = /\.(?:css|d\.[cm]?ts)\.map$/;

/**
 * Finds the map of each script below a folder: by the script's `sourceMappingURL` (Turbopack gives maps different
 * names), else as `<script>.map` beside it (hidden maps), else by the `file` that a map itself names. In a folder
 * without scripts, maps are found by their names. Throws if the folder cannot be read.
 */
export async function findBuildMaps(folder: string): Promise<BuildMaps> {
  const files = await filesBelow(folder);
  const scripts = files.filter((file) => SCRIPT.test(file));
  const maps = new Set(files.filter((file) => file.endsWith(".map") && !NOT_OF_SCRIPTS.test(file)));
  const matches: { readonly script: string; readonly map: string | undefined }[] = [];
  const faults: BuildFault[] = [];
  const taken = new Set<string>();
  /** Scripts without a map so far, with the URL that they name. */
  const open = new Map<string, string | undefined>();

  for (const script of scripts) {
    const url = sourceMappingUrl(await readFile(join(folder, script), "utf8"));
    const isInline = url?.startsWith("data:") ?? false;
    const named = url === undefined || isInline ? undefined : mapAt(script, url, maps);
    const map = named ?? (maps.has(`${script}.map`) ? `${script}.map` : undefined);
    if (isInline) matches.push({ script, map: undefined });
    else if (map !== undefined) matches.push({ script, map });
    else open.set(script, url);
    if (!isInline && map !== undefined) taken.add(map);
  }
  const spare = [...maps].filter((map) => !taken.has(map));
  for (const map of spare) {
    const script = await scriptOf(folder, map, scripts.length === 0 ? undefined : [...open.keys()]);
    if (script === undefined) faults.push({ file: map, reason: "belongs to no script" });
    else matches.push({ script, map });
    if (script !== undefined) open.delete(script);
  }
  for (const [script, url] of open)
    if (url !== undefined) faults.push({ file: script, reason: `names the map ${url}, which is not there` });
  return { scripts: scripts.length, withoutMap: open.size, maps: readMatches(folder, matches, faults) };
}

async function* readMatches(
  folder: string,
  matches: readonly { readonly script: string; readonly map: string | undefined }[],
  faults: readonly BuildFault[],
): AsyncGenerator<BuildMap | BuildFault> {
  for (const { script, map } of matches.toSorted((a, b) => (a.script < b.script ? -1 : 1))) {
    const from = map ?? script;
    const content = await readFile(join(folder, from), "utf8");
    const text = map === undefined ? inlineMap(sourceMappingUrl(content) ?? "") : content;
    const file = `${script}.map`;
    if (text === undefined || !readSourceMap(text)) yield { file: from, reason: "has no valid source map" };
    else if (!isMapFile(file)) yield { file: script, reason: "has a name that collectors refuse" };
    else yield { file, from: map, text };
  }
  yield* faults;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`[rumkit] ${folder} cannot be read: ${reason}. Name the folder of a build.`, {
      cause: error,
    });
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .toSorted();
}

/**
 * Returns the map that a URL names. A path from the root, or with a host, is also searched by its end: a build does
 * not know the path under which it is served.
 */
function mapAt(script: string, url: string, maps: ReadonlySet<string>): string | undefined {
  const isRooted = /^(?:[a-z][a-z\d+.-]*:)?\/\/|^[a-z][a-z\d+.-]*:\/|^\//i.test(url);
  const path = decode(url.replace(/[?#].*$/, "").replace(/^(?:[a-z][a-z\d+.-]*:)?\/\/[^/]*/i, ""));
  if (!isRooted) {
    const map = posix.join(posix.dirname(script), path);
    return maps.has(map) ? map : undefined;
  }
  const segments = path.split("/").filter((segment) => segment !== "");
  return segments.map((_, from) => segments.slice(from).join("/")).find((map) => maps.has(map));
}

/** Decodes a path. A name with a percent sign that is not an encoding stays unchanged. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Returns the script of a map that no script names: the one that the map itself names as its `file`. */
async function scriptOf(
  folder: string,
  map: string,
  scripts: readonly string[] | undefined,
): Promise<string | undefined> {
  const file = readSourceMap(await readFile(join(folder, map), "utf8"))?.file;
  const named = file === undefined ? undefined : posix.join(posix.dirname(map), basename(file));
  if (!scripts) return named !== undefined && SCRIPT.test(named) ? named : map.slice(0, -".map".length);
  if (named === undefined) return undefined;
  if (scripts.includes(named)) return named;
  const alike = scripts.filter((script) => basename(script) === basename(named));
  return alike.length === 1 ? alike[0] : undefined;
}

/** Returns the text of a `data:` URL; undefined for another form. */
function inlineMap(url: string): string | undefined {
  const [, encoding, data] = /^data:[^,]*?(;base64)?,(.*)$/is.exec(url) ?? [];
  if (data === undefined) return undefined;
  return encoding === undefined ? decode(data) : Buffer.from(decode(data), "base64").toString("utf8");
}
