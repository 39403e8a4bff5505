import { parseLocation } from "./parseLocation.ts";
import { MAX_FRAME_UNITS, MAX_FRAMES, type StackFrame } from "./stackFrame.ts";

/**
 * The frames of a stack as Chromium, Firefox, Safari and React write it, the innermost first: 50 at most, of
 * 256 units each. Lines that are no frames, such as those of the message, are left out.
 *
 * Takes time in proportion to the text, whatever is in it: every search looks for fixed text.
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
  // Safari leaves out the `@` where there is no function.
  if (at < 0) return line === "[native code]" || line.includes("://") ? parseLocation(line) : undefined;
  return named(line.slice(0, at), parseLocation(line.slice(at + 1)));
}

/** `add (https://shop.example/app.js:10:5)`, and without a function the location alone. */
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

/** What engines call code outside of functions, and functions without a name. */
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
 * The function's own name, without what an engine tells besides: `Cart.add [as onClick]` (Chromium),
 * `async*Cart.add/<` (Firefox: a function within it, after a pause).
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
