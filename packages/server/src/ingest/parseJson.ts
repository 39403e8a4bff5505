import { MAX_DEPTH } from "@rumkit/protocol";
import { CollectError } from "./collectError.ts";

/** Fatal: the lax decoder would turn broken bytes into U+FFFD and count what nobody sent. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads a body as JSON. Throws a `CollectError`: `bad_utf8`, `too_deep`, `bad_json`. */
export function parseJson(body: Uint8Array): unknown {
  const text = decode(body);
  if (depthOf(text) > MAX_DEPTH)
    throw new CollectError("too_deep", `JSON is nested at most ${MAX_DEPTH} levels deep.`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CollectError("bad_json", "The body is not JSON.", [String(error)]);
  }
}

function decode(body: Uint8Array): string {
  try {
    return utf8.decode(body);
  } catch {
    throw new CollectError("bad_utf8", "The body is not UTF-8.");
  }
}

/** Levels of nesting, counted before anything recursive sees the text. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) deepest = Math.max(deepest, (depth += 1));
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth -= 1;
  }
  return deepest;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
