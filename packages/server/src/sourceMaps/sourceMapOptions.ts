/** Where the maps are by which the stacks of errors are resolved. */
export interface SourceMapOptions {
  /**
   * A folder with a folder for each release: `<directory>/1.2.0/assets/app-3f2a91bc.js.map`. The release is what
   * pages send as `release`. What is uploaded goes into `.uploads` below it.
   */
  readonly directory: string;
  /** Bytes of uploaded maps. The release that was uploaded longest ago leaves for a new one. Default 1 GiB. */
  readonly quota?: number;
  /** Show the source's line with each frame. Default false: a log is read by more people than the code. */
  readonly context?: boolean;
}

/** 1 GiB: some fifty releases of 20 MB. */
export const DEFAULT_QUOTA = 1024 ** 3;
