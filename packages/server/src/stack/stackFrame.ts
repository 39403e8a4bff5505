/** One line of a stack, whichever engine wrote it. */
export interface StackFrame {
  /**
   * What runs there: code of a script, of `eval`, of WebAssembly, of the engine itself, or of nothing that has
   * an address.
   */
  readonly kind: "script" | "eval" | "wasm" | "native" | "anonymous";
  /** The function's name as the engine gives it. None for an anonymous function and for code outside of one. */
  readonly function?: string;
  /** The script's path without origin, query and hash: `/assets/app-3f2a91bc.js`. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** The source's line, where a source map says it and that is asked for. */
  readonly context?: string;
  /** False for code of the engine, of browser extensions and of packages: it says little about the fault. */
  readonly inApp: boolean;
}

/** Frames of a stack that are read: engines write 10 (Chromium), 50 (React's component stacks) and more. */
export const MAX_FRAMES = 50;

/** UTF-16 units of a line of a stack that are read; a frame that is longer has an address which is no file's. */
export const MAX_FRAME_UNITS = 256;

/** A frame as people read it: `addToCart (src/cart.ts:12:7)`. */
export function renderFrame(frame: StackFrame): string {
  const position = [frame.file ?? `<${frame.kind}>`, frame.line, frame.column]
    .filter((part) => part !== undefined)
    .join(":");
  const place = frame.function === undefined ? position : `${frame.function} (${position})`;
  return frame.context === undefined ? place : `${place} › ${frame.context}`;
}
