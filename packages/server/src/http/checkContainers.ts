import { MAX_DEPTH } from "@rumkit/protocol";
import { tooDeep } from "./checkStructure.ts";
import { CollectError } from "./collectError.ts";

/**
 * Arrays and objects of a body at most. The largest honest request, a thousand items with tags, has two thousand; five
 * thousand items are still told that they are too many.
 */
const MAX_CONTAINERS = 16_384;

/** Bytes up to which a body is not looked at: it has no room for more than a parser reads in a millisecond or two. */
const SMALL_BYTES = 32_768;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ARRAY = 0x5b;
const OBJECT = 0x7b;
const ARRAY_END = 0x5d;
const OBJECT_END = 0x7d;

/**
 * Throws `too_many_keys` for JSON of too many arrays and objects, and `too_deep` for too many in each other, before it
 * is parsed: 256 KiB have room for 128,000, which take the parser 15 ms. Whether it is JSON at all, the parser says.
 */
export function checkContainers(body: Buffer): void {
  if (body.length <= SMALL_BYTES) return;
  let containers = 0;
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (byte === QUOTE) at = endOfText(body, at);
    else if (byte === ARRAY_END || byte === OBJECT_END) depth -= 1;
    else if (byte === ARRAY || byte === OBJECT) {
      containers += 1;
      depth += 1;
      if (depth > MAX_DEPTH) throw tooDeep();
    }
  }
  if (containers <= MAX_CONTAINERS) return;
  throw new CollectError("too_many_keys", `A body has at most ${MAX_CONTAINERS} arrays and objects.`);
}

/** The place of the quote that ends a text; the end of the body where none does. */
function endOfText(body: Buffer, start: number): number {
  for (let at = start + 1; at < body.length; at += 1) {
    if (body[at] === QUOTE) return at;
    if (body[at] === BACKSLASH) at += 1;
  }
  return body.length;
}
