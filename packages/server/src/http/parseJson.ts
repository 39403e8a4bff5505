import { isAscii, isUtf8 } from "node:buffer";
import { CollectError } from "./collectError.ts";
import { MAX_DEPTH, MAX_KEYS } from "@rumkit/protocol";

/** Reads a body as JSON. Throws a `CollectError`: `bad_utf8`, `bad_json`, `too_deep`, `too_many_keys`. */
export function parseJson(body: Buffer): unknown {
  const isLarge = body.length > SMALL_BYTES;
  if (isLarge) checkBytes(body);
  const value = parse(decode(body));
  if (!isLarge) checkStructure(value);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CollectError("bad_json", "The body is not JSON.", [String(error)]);
  }
}

/**
 * Decodes strictly: a lenient decoder would turn invalid bytes into U+FFFD, and text would be counted that was never
 * sent.
 */
function decode(body: Buffer): string {
  // Nearly every body is ASCII, and text of one byte per character is parsed faster.
  if (isAscii(body)) return body.toString("latin1");
  if (isUtf8(body)) return body.toString("utf8");
  throw new CollectError("bad_utf8", "The body is not UTF-8.");
}

/**
 * Throws for JSON that is nested too deeply, or has an object with too many keys at any level. Runs before all other
 * recursive code; its own recursion ends at the maximum depth.
 *
 * It runs after the parser, which is not recursive and reads 64 KB of any shape in a few milliseconds.
 */
function checkStructure(value: unknown): void {
  if (typeof value === "object" && value !== null) checkLevel(value, 1);
}

/** The error of JSON that is nested too deeply. */
function tooDeep(): CollectError {
  return new CollectError("too_deep", `JSON is nested at most ${MAX_DEPTH} levels deep.`);
}

function tooManyKeys(): CollectError {
  return new CollectError("too_many_keys", `An object has at most ${MAX_KEYS} keys.`);
}

function checkLevel(value: object, depth: number): void {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (Array.isArray(value)) {
    // By index: an iterator takes V8 ten times as long where bodies of many shapes came before.
    for (let at = 0; at < value.length; at += 1) {
      const item: unknown = value[at];
      if (typeof item === "object" && item !== null) checkLevel(item, depth + 1);
    }
    return;
  }
  let keys = 0;
  for (const key in value) {
    keys += 1;
    if (keys > MAX_KEYS) throw tooManyKeys();
    const field = (value as Readonly<Record<string, unknown>>)[key];
    if (typeof field === "object" && field !== null) checkLevel(field, depth + 1);
  }
}

/**
 * Maximum arrays and objects in a body. The largest valid request, a thousand items with tags, has two thousand. The
 * limit is higher, so that a request of five thousand items still gets the more helpful answer `too_many_items`.
 */
const MAX_CONTAINERS = 16_384;

/** Bodies of up to this many bytes are checked after they are parsed: a parser reads any of them in a millisecond or two. */
const SMALL_BYTES = 32_768;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;

/** The bit by which `{` and `}` differ from `[` and `]`. */
const OBJECT_BIT = 0x20;

/** The keys of each object that is open, by its level: a key that comes twice is two keys. */
const keysAt = new Uint32Array(MAX_DEPTH + 1);

/**
 * Throws `too_many_keys` for JSON with too many keys, or arrays and objects, and `too_deep` for JSON that is nested too
 * deeply, before it is parsed: 256 KiB can hold 128,000 arrays, which take the parser 15 ms. The parser rejects text
 * that is not JSON.
 *
 * One loop without calls reads 64 KiB in 0.1 ms. Checking the parsed values takes four times as long where they are
 * thousands of arrays, so that such a batch would cost more to refuse than others cost to count.
 */
function checkBytes(body: Buffer): void {
  const { length } = body;
  let containers = 0;
  let depth = 0;
  for (let at = 0; at < length; at += 1) {
    let byte = body[at]!;
    if (byte === QUOTE) {
      // To the quote that ends the text.
      for (at += 1; at < length && (byte = body[at]!) !== QUOTE; at += 1) if (byte === BACKSLASH) at += 1;
    } else if (byte === COLON) {
      keysAt[depth]! += 1;
      if (keysAt[depth]! > MAX_KEYS) throw tooManyKeys();
    } else if (byte >= ARRAY) {
      // Below `[` is everything between texts but the words true, false and null.
      const bracket = byte & ~OBJECT_BIT;
      if (bracket === ARRAY_END) depth -= 1;
      else if (bracket === ARRAY) {
        containers += 1;
        depth += 1;
        if (depth > MAX_DEPTH) throw tooDeep();
        keysAt[depth] = 0;
      }
    }
  }
  if (containers <= MAX_CONTAINERS) return;
  throw new CollectError("too_many_keys", `A body has at most ${MAX_CONTAINERS} arrays and objects.`);
}
