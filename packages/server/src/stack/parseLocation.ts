import { scriptFile } from "./scriptFile.ts";
import type { StackFrame } from "./stackFrame.ts";

/**
 * Where a frame is, as the engines write it: `https://shop.example/app.js:10:5`, `<anonymous>`, `native`,
 * `[native code]`, the places of `eval` and of WebAssembly.
 *
 * Undefined where the text is no location, which tells a frame from a line of the message. Each search goes
 * through the text once.
 */
export function parseLocation(text: string): StackFrame | undefined {
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

/** The place that called `eval`: the code in it has no file. */
function parseEval(text: string): StackFrame | undefined {
  // Chromium: `eval at run (https://shop.example/app.js:10:5), <anonymous>:1:1`, and that within itself.
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

/** An address with a line, and most often a column. */
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

/** Digits of a line or column at most: a minified bundle of 100 MB has columns of nine. */
const MAX_DIGITS = 9;

/** The number after the last colon before `end`, and where that colon is. */
function numberAtEnd(text: string, end: number): { value: number; start: number } | undefined {
  let start = end;
  while (start > 0 && end - start < MAX_DIGITS && isDigit(text.charCodeAt(start - 1))) start -= 1;
  if (start === end || text[start - 1] !== ":") return undefined;
  return { value: Number(text.slice(start, end)), start: start - 1 };
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
