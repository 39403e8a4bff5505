import { isAscii, isUtf8 } from "node:buffer";
import { checkContainers } from "./checkContainers.ts";
import { checkStructure } from "./checkStructure.ts";
import { CollectError } from "./collectError.ts";

/** Reads a body as JSON. Throws a `CollectError`: `bad_utf8`, `bad_json`, `too_deep`, `too_many_keys`. */
export function parseJson(body: Buffer): unknown {
  checkContainers(body);
  const value = parse(decode(body));
  checkStructure(value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CollectError("bad_json", "The body is not JSON.", [String(error)]);
  }
}

/** Decodes strictly: the lax decoder would turn broken bytes into U+FFFD, and count text that was never sent. */
function decode(body: Buffer): string {
  // Nearly every body is ASCII, and text of one byte per character is parsed faster.
  if (isAscii(body)) return body.toString("latin1");
  if (isUtf8(body)) return body.toString("utf8");
  throw new CollectError("bad_utf8", "The body is not UTF-8.");
}
