import { parseLocation } from "./parseLocation.ts";
import { MAX_FRAME_UNITS, MAX_FRAMES, type StackFrame } from "./stackFrame.ts";

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
