/** 50 MiB: the largest bundles have maps of some ten, and parsing takes memory five times the text. */
export const MAX_MAP_BYTES = 50 * 1024 * 1024;

/** A source map on our disk. */
export interface MapFile {
  readonly release: string;
  /** The path of the map, relative: `assets/app-3f2a91bc.js.map`. */
  readonly file: string;
  /** The path of the file on the disk. */
  readonly path: string;
  readonly bytes: number;
  /** Changes when the file does. */
  readonly version: string;
}
