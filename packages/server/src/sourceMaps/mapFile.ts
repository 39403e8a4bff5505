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
