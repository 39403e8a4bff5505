import { hash } from "node:crypto";

/** 50 MiB. Maps of the largest bundles have about ten, and parsing takes five times the memory of the text. */
export const MAX_MAP_BYTES = 50 * 1024 * 1024;

/** A source map on our disk. */
export interface MapFile {
  readonly release: string;
  /** The path of the map, relative: `assets/app-3f2a91bc.js.map`. */
  readonly file: string;
  /** The path of the file on the disk. */
  readonly path: string;
  readonly bytes: number;
  /** A value that changes when the file changes. */
  readonly version: string;
}

/** Letters, digits and the punctuation of versions; not beginning with a dot: `1.2.0`, `shop@3f2a91b`. */
const RELEASE = /^[\w+@-][\w.+@-]{0,127}$/;

/**
 * A segment of a file's path: letters of any script, digits, and the punctuation of file names. A segment must not
 * begin with a dot, because it could leave the folder or be a hidden file.
 */
const SEGMENT = /^[\p{L}\p{M}\p{N}\w@+~$()[\]!,=&'-][\p{L}\p{M}\p{N}\w.@+~$()[\]!,=&' -]{0,199}$/u;

/** Segments and units of a file's path. */
const MAX_SEGMENTS = 12;
const MAX_FILE = 512;

export function isRelease(release: string): boolean {
  return RELEASE.test(release);
}

/** Returns true for the path of a map, relative and with slashes: `assets/app-3f2a91bc.js.map`. */
export function isMapFile(file: string): boolean {
  if (!file.endsWith(".map") || file.length > MAX_FILE) return false;
  const segments = file.split("/");
  return segments.length <= MAX_SEGMENTS && segments.every((segment) => SEGMENT.test(segment));
}

/** Returns the key of a map: a digest, so that text of a client is never part of a path. */
export function mapKey(release: string, file: string): string {
  return hash("sha256", JSON.stringify([release, file]));
}

/** The field of a source map that names its script. */
interface SourceMapHead {
  /** The name of the generated script, if the bundler wrote it. */
  readonly file?: string;
}

/** Returns a source map's relevant fields, undefined for a text that is not a source map (ECMA-426: version 3). */
export function readSourceMap(text: string): SourceMapHead | undefined {
  try {
    const map: unknown = JSON.parse(withoutPrefix(text));
    if (typeof map !== "object" || map === null) return undefined;
    const { version, mappings, sections, file } = map as Readonly<Record<string, unknown>>;
    if (version !== 3 || !(typeof mappings === "string" || Array.isArray(sections))) return undefined;
    return typeof file === "string" && file !== "" ? { file } : {};
  } catch {
    return undefined;
  }
}

/**
 * Returns a map's JSON without a byte order mark, and without the line that keeps it from being loaded as a script.
 */
export function withoutPrefix(text: string): string {
  const json = text.startsWith("\uFEFF") ? text.slice(1) : text;
  return json.startsWith(")]}'") ? json.slice(json.indexOf("\n") + 1) : json;
}

/** A comment that names a source map, at the end of its line. `//@` is the form of old tools. */
const LINE_COMMENT = /\/\/[#@][ \t]*sourceMappingURL=([^\s'"`]+)[ \t]*$/;
const BLOCK_COMMENT = /\/\*[#@][ \t]*sourceMappingURL=([^\s'"`*]+)[ \t]*\*\/[ \t]*$/;

/** A line without code: blank, or only a comment. */
const WITHOUT_CODE = /^\s*(?:\/\/.*|\/\*(?:(?!\*\/).)*\*\/\s*)?$/;

/**
 * Returns the URL of a script's source map, as its last comment names it; undefined without one. The same text within
 * the code, such as in a string, does not count: only comments after the last line of code, or at its end, do
 * (ECMA-426, "Extract source map URL").
 */
export function sourceMappingUrl(script: string): string | undefined {
  let end = script.length;
  while (end > 0) {
    const start = Math.max(script.lastIndexOf("\n", end - 1), script.lastIndexOf("\r", end - 1)) + 1;
    const line = script.slice(start, end);
    const url = LINE_COMMENT.exec(line)?.[1] ?? BLOCK_COMMENT.exec(line)?.[1];
    if (url !== undefined) return url;
    if (!WITHOUT_CODE.test(line)) return undefined;
    end = start - 1;
  }
  return undefined;
}
