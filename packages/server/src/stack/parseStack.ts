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
const MAX_FRAMES = 50;

/** Maximum UTF-16 units of a line that are read. The URL of a longer frame is not the one of a file. */
const MAX_FRAME_UNITS = 256;

/** A frame as text: `addToCart (src/cart.ts:12:7)`. */
export function renderFrame(frame: StackFrame): string {
  const position = [frame.file ?? `<${frame.kind}>`, frame.line, frame.column]
    .filter((part) => part !== undefined)
    .join(":");
  const place = frame.function === undefined ? position : `${frame.function} (${position})`;
  return frame.context === undefined ? place : `${place} › ${frame.context}`;
}

/**
 * Parses a stack as Chromium, Firefox, Safari and React write it. Returns at most 50 frames, innermost first, of at
 * most 256 units each. Other lines, such as those of the message, are skipped.
 *
 * Takes time proportional to the text, whatever it contains: every search looks for fixed text.
 */
export function parseStack(stack: string): StackFrame[] {
  const frames: StackFrame[] = [];
  let start = 0;
  while (start < stack.length && frames.length < MAX_FRAMES) {
    const newline = stack.indexOf("\n", start);
    const end = newline < 0 ? stack.length : newline;
    const frame = parseLine(stack.slice(start, Math.min(end, start + MAX_FRAME_UNITS)).trim());
    if (frame) frames.push(frame);
    start = end + 1;
  }
  return frames;
}

function parseLine(line: string): StackFrame | undefined {
  if (line.startsWith("at ")) return parseChromium(line.slice(3));
  if (line.startsWith("in ") && line.includes(" (at "))
    return parseChromium(line.slice(3).replace(" (at ", " ("));
  const at = line.indexOf("@");
  // Safari omits the `@` if there is no function.
  if (at < 0) return line === "[native code]" || line.includes("://") ? parseLocation(line) : undefined;
  return named(line.slice(0, at), parseLocation(line.slice(at + 1)));
}

/** `add (https://shop.example/app.js:10:5)`, or only the location if there is no function. */
function parseChromium(text: string): StackFrame | undefined {
  const body = text.startsWith("async ") ? text.slice("async ".length) : text;
  const open = body.endsWith(")") ? body.indexOf(" (") : -1;
  if (open < 0) return parseLocation(body);
  return named(body.slice(0, open), parseLocation(body.slice(open + 2, -1).replace("address at ", "")));
}

function named(text: string, frame: StackFrame | undefined): StackFrame | undefined {
  if (!frame) return undefined;
  const name = cleanName(text);
  return name === "" ? frame : { ...frame, function: name };
}

/** Names that engines give to code outside of functions and to anonymous functions. */
const NO_NAMES: ReadonlySet<string> = new Set([
  "<anonymous>",
  "anonymous",
  "global code",
  "module code",
  "eval code",
  "eval",
  "?",
]);

/**
 * The function's name without the additions of an engine: `Cart.add [as onClick]` (Chromium),
 * `async*Cart.add/<` (Firefox: a nested function, after a pause).
 */
function cleanName(text: string): string {
  const alias = text.indexOf(" [as ");
  const own = alias < 0 ? text : text.slice(0, alias);
  const afterPause = own.slice(own.lastIndexOf("*") + 1);
  let end = afterPause.length;
  while (end > 0 && (afterPause[end - 1] === "<" || afterPause[end - 1] === "/")) end -= 1;
  const name = afterPause.slice(0, end).trim();
  return NO_NAMES.has(name) ? "" : name;
}

/**
 * Parses the location of a frame as the engines write it: `https://shop.example/app.js:10:5`, `<anonymous>`, `native`,
 * `[native code]`, the locations of `eval` and of WebAssembly.
 *
 * Returns undefined if the text is not a location, as in a line of the error message. Each search reads the text once.
 */
function parseLocation(text: string): StackFrame | undefined {
  if (ENGINE.has(text) || text.startsWith("index ")) return { kind: "native", inApp: false };
  if (text === "<anonymous>") return { kind: "anonymous", inApp: false };
  return parseWasm(text) ?? parseEval(text) ?? parseScript(text);
}

/** Code of the engine: Chromium, Firefox, Safari. */
const ENGINE: ReadonlySet<string> = new Set(["native", "native code", "self-hosted", "[native code]"]);

/** `https://shop.example/app.wasm:wasm-function[3]:0x1a2` (Chromium, Firefox), `[wasm code]` (Safari). */
function parseWasm(text: string): StackFrame | undefined {
  if (text === "[wasm code]") return { kind: "wasm", inApp: true };
  const at = text.indexOf(":wasm-function[");
  if (at < 0) return undefined;
  const end = text.indexOf("]", at);
  const name = end < 0 ? {} : { function: text.slice(at + 1, end + 1) };
  return { ...scriptFile(text.slice(0, at)), kind: "wasm", ...name };
}

/** The caller of `eval`: the evaluated code itself has no file. */
function parseEval(text: string): StackFrame | undefined {
  // Chromium: `eval at run (https://shop.example/app.js:10:5), <anonymous>:1:1`, possibly nested.
  if (text.startsWith("eval at ")) {
    const inner = text.slice(text.lastIndexOf("eval at "));
    const open = inner.indexOf("(");
    const close = inner.indexOf(")", open);
    const place = open < 0 || close < 0 ? undefined : parseScript(inner.slice(open + 1, close));
    return place ? { ...place, kind: "eval" } : { kind: "eval", inApp: true };
  }
  // Firefox: `https://shop.example/app.js line 10 > eval:1:1`.
  const line = text.indexOf(" line ");
  if (line < 0 || !text.includes(" > ", line)) return undefined;
  const digits = Number.parseInt(text.slice(line + " line ".length), 10);
  return {
    ...scriptFile(text.slice(0, line)),
    kind: "eval",
    ...(Number.isSafeInteger(digits) && { line: digits }),
  };
}

/** A URL with a line, and usually a column. */
function parseScript(text: string): StackFrame | undefined {
  const last = numberAtEnd(text, text.length);
  if (!last) return undefined;
  const before = numberAtEnd(text, last.start);
  const address = text.slice(0, (before ?? last).start);
  if (address === "") return undefined;
  if (address === "<anonymous>") return { kind: "anonymous", inApp: false };
  const position = before ? { line: before.value, column: last.value } : { line: last.value };
  return { ...scriptFile(address), kind: "script", ...position };
}

/** Maximum digits of a line or column: columns of a minified bundle of 100 MB have nine. */
const MAX_DIGITS = 9;

/** The number after the last colon before `end`, and the index of that colon. */
function numberAtEnd(text: string, end: number): { value: number; start: number } | undefined {
  let start = end;
  while (start > 0 && end - start < MAX_DIGITS && isDigit(text.charCodeAt(start - 1))) start -= 1;
  if (start === end || text[start - 1] !== ":") return undefined;
  return { value: Number(text.slice(start, end)), start: start - 1 };
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Schemes of URLs that change with each page view, or that contain the code itself. */
const WITHOUT_PATH = ["blob:", "data:", "about:", "javascript:"] as const;

/** Folders of third-party code. */
const FOREIGN_FOLDERS = ["/node_modules/", "/bower_components/"] as const;

/**
 * The file of a script's URL, and whether it belongs to the app. Origin, query and hash are removed: they name hosts,
 * users and versions, not the code.
 */
function scriptFile(address: string): Pick<StackFrame, "file" | "inApp"> {
  const scheme = WITHOUT_PATH.find((start) => address.startsWith(start));
  if (scheme) return { file: scheme, inApp: true };
  const path = withoutQuery(address);
  const colon = path.indexOf("://");
  if (colon < 0) return pathFile(path, path.startsWith("node:"));
  const kind = path.slice(0, colon);
  // The id of an extension would reveal what the user installed.
  if (kind.endsWith("-extension")) return { file: `${kind}:`, inApp: false };
  if (kind === "wasm") return { file: "wasm:", inApp: true };
  const slash = path.indexOf("/", colon + 3);
  const below = slash < 0 ? "/" : path.slice(slash);
  // A path on a developer's or user's machine: only the file name means something to others.
  if (kind === "file") return pathFile(below.slice(below.lastIndexOf("/") + 1), isForeign(below));
  return kind.startsWith("webpack")
    ? pathFile(below.replace(/^\/(?:\.\/)?/, ""), isForeign(below))
    : pathFile(below, isForeign(below));
}

function pathFile(path: string, foreign: boolean): Pick<StackFrame, "file" | "inApp"> {
  // A Windows path contains the name of the user.
  const file = path.slice(path.lastIndexOf("\\") + 1);
  return { file, inApp: !foreign && !isForeign(path) };
}

function isForeign(path: string): boolean {
  return FOREIGN_FOLDERS.some((folder) => path.includes(folder) || path.startsWith(folder.slice(1)));
}

function withoutQuery(address: string): string {
  const query = address.search(/[?#]/);
  return query < 0 ? address : address.slice(0, query);
}
