/** The source maps by which the stacks of errors are resolved. */
export interface SourceMapOptions {
  /**
   * A folder with a folder for each release: `<directory>/1.2.0/assets/app-3f2a91bc.js.map`. The release is the one
   * that pages send as `release`. Uploaded maps go into `.uploads` below it.
   */
  readonly directory: string;
  /** Bytes of uploaded maps. The release that was uploaded longest ago makes room for a new one. Default 1 GiB. */
  readonly quota?: number;
  /** Show the source's line with each frame. Default false: more people read a log than read the code. */
  readonly context?: boolean;
}

/** 1 GiB: some fifty releases of 20 MB. */
export const DEFAULT_QUOTA = 1024 ** 3;
