/** A place in a generated file, whose map lies at `path`. */
export interface GeneratedPlace {
  readonly path: string;
  /** Of the map: with another one it is read anew. */
  readonly version: string;
  /** From 1, as in a stack. */
  readonly line: number;
  /** From 1, as in a stack. */
  readonly column: number;
}

/** What the thread is asked: the frames of one error. */
export interface ResolveJob {
  readonly id: number;
  /** In the order of the frames; undefined for one without a map. */
  readonly places: readonly (GeneratedPlace | undefined)[];
  /** Also tell the source's line. */
  readonly context: boolean;
}

/** A place in a source file. */
export interface OriginalPlace {
  /** `src/cart.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The source's name for what stands there in the generated file. */
  readonly name?: string;
  /** The source's line, trimmed and cut. */
  readonly context?: string;
}

/** What the thread says: first that every map is read that can be, then what was found. */
export type ResolveReply =
  | { readonly id: number; readonly loaded: true }
  | {
      readonly id: number;
      /** In the order of the frames; undefined for one that has no place in a source. */
      readonly places: readonly (OriginalPlace | undefined)[];
      /** Maps that are none, or too large. */
      readonly failed: number;
    };
