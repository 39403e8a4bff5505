/** A position in a generated file, whose map is at `path`. */
export interface GeneratedPosition {
  readonly path: string;
  /** The version of the map. If it changes, the map is read again. */
  readonly version: string;
  /** From 1, as in a stack. */
  readonly line: number;
  /** From 1, as in a stack. */
  readonly column: number;
}

/** A job of the thread: the frames of one error. */
export interface ResolveJob {
  readonly id: number;
  /** In the order of the frames; undefined for one without a map. */
  readonly positions: readonly (GeneratedPosition | undefined)[];
  /** True if the source line is returned as well. */
  readonly context: boolean;
}

/** A position in a source file. */
export interface OriginalPosition {
  /** `src/cart.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The source's name for the token at that position of the generated file. */
  readonly name?: string;
  /** The source's line, trimmed and cut. */
  readonly context?: string;
}

/** The messages of the thread: first that all maps were read, then the result. */
export type ResolveReply =
  | { readonly id: number; readonly loaded: true }
  | {
      readonly id: number;
      /** In the order of the frames; undefined for one that has no position in a source. */
      readonly positions: readonly (OriginalPosition | undefined)[];
      /** Maps that are invalid, or too large. */
      readonly failed: number;
    };
