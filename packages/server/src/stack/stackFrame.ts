/** One line of a stack, of any engine. */
export interface StackFrame {
  /**
   * The kind of code: of a script, of `eval`, of WebAssembly, of the engine itself, or without any URL.
   */
  readonly kind: "script" | "eval" | "wasm" | "native" | "anonymous";
  /**
   * The function's name as the engine writes it. Undefined for an anonymous function and for code outside of functions.
   */
  readonly function?: string;
  /** The script's path without origin, query and hash: `/assets/app-3f2a91bc.js`. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
  /** The text of the source line, if it was requested and a source map contains it. */
  readonly context?: string;
  /** False for code of the engine, of browser extensions and of packages, which rarely causes the fault. */
  readonly inApp: boolean;
}

/** Maximum frames that are read: engines write 10 (Chromium), 50 (React's component stacks) and more. */
export const MAX_FRAMES = 50;

/** Maximum UTF-16 units of a line that are read. The URL of a longer frame is not the one of a file. */
export const MAX_FRAME_UNITS = 256;

/** A frame as text: `addToCart (src/cart.ts:12:7)`. */
export function renderFrame(frame: StackFrame): string {
  const position = [frame.file ?? `<${frame.kind}>`, frame.line, frame.column]
    .filter((part) => part !== undefined)
    .join(":");
  const place = frame.function === undefined ? position : `${frame.function} (${position})`;
  return frame.context === undefined ? place : `${place} › ${frame.context}`;
}
