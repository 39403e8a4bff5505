import { looksRandom } from "./looksRandom.ts";

/** A day, alone or before a time: `2026-11-21`, `2026-11-21T06:07:42Z`. */
const DATE = /^\d{4}-\d\d-\d\d(?:[T_ ][\d:.+Z-]*)?$/;

/** RFC 9562: 8, 4, 4, 4 and 12 hexadecimal digits. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** The shortest hexadecimal hash that can be distinguished from a word, if a letter follows a digit: Git's short one. */
const SHORT_HEX = 7;

/** From here on one digit is enough. */
const HEX = 8;

/** Hexadecimal letters alone are a hash from here on: `deadbeef` is a word, and no word is this long. */
const LONG_HEX = 16;

/** A part of a slug is looked at by itself from here on: `nice-shoes-8fj2K0dq`. */
const LONG_PART = 8;

/** Digits that make a part of a slug an id: years and sizes are shorter. */
const LONG_NUMBER = 6;

/**
 * A path with its variable segments named: `/orders/42` is `/orders/:id`, `/log/2026-11-21` is `/log/:date`.
 *
 * Numbers, UUIDs, hashes, e-mail addresses and what looks drawn at random (nanoid, ULID, cuid, KSUID, Sqids and the
 * like, also at the end of a slug) are `:id`. A guess, for pages without declared routes: a slug stays what it is, so
 * it bounds the number of paths only where slugs do not come from users. The shorter an id, the more often it is missed.
 */
export function templatePath(path: string): string {
  return path
    .split("/")
    .map((segment) => templateSegment(segment))
    .join("/");
}

function templateSegment(segment: string): string {
  if (segment === "") return segment;
  if (DATE.test(segment)) return ":date";
  const isId = UUID.test(segment) || isNumber(segment) || isAddress(segment) || isHash(segment);
  return isId ? ":id" : segment;
}

/** `42`, `1,024`, `555-0100`. Two tests, because one pattern for both would have to go back and forth. */
function isNumber(segment: string): boolean {
  return /\d/.test(segment) && /^[\d.,_-]+$/.test(segment);
}

/** Something, an at sign, something; also as URLs write it. */
function isAddress(segment: string): boolean {
  const at = segment.replace(/%40/i, "@").indexOf("@");
  // A handle such as `@name` begins with it.
  return at > 0 && at < segment.length - 1;
}

function isHash(segment: string): boolean {
  if (!/^[\w.~=+-]+$/.test(segment)) return false;
  if (isHex(segment) || looksRandom(segment)) return true;
  return segment.split(/[-_.~=+]/).some((part) => {
    if (/^\d+$/.test(part)) return part.length >= LONG_NUMBER;
    return part.length >= LONG_PART && (isHex(part) || looksRandom(part));
  });
}

function isHex(text: string): boolean {
  if (text.length < SHORT_HEX || !/^[\da-f]+$/i.test(text)) return false;
  return text.length >= LONG_HEX || (text.length >= HEX ? /\d/ : /\d[a-f]/i).test(text);
}
