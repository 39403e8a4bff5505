import { decodeSegment } from "./decodeSegment.ts";
import { looksRandom } from "./looksRandom.ts";

/** A day, alone or before a time: `2026-11-21`, `2026-11-21T06:07:42Z`. */
const DATE = /^\d{4}-\d\d-\d\d(?:[T_ ][\d:.+Z-]*)?$/;

/** RFC 9562: 8, 4, 4, 4 and 12 hexadecimal digits. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** The shortest hexadecimal hash that can be distinguished from a word, if a letter follows a digit: Git's short one. */
const SHORT_HEX = 7;

/** From this length on, one digit is enough. */
const HEX = 8;

/** From this length on, hexadecimal letters alone are a hash: `deadbeef` could be a word, but no word is this long. */
const LONG_HEX = 16;

/** From this length on, a part of a slug is examined separately: `nice-shoes-8fj2K0dq`. */
const LONG_PART = 8;

/** The characters of ids, and of the signs that programs put around and between them: `auth0|5f7c8e`, `{1234-…}`. */
const ID_CHARACTERS = /^[\w.~=+|:(){}'-]+$/;

/** Number of digits from which a part of a slug is an id, as in `order-12345`: years and sizes are shorter. */
const LONG_NUMBER = 5;

/** Parameters of a segment (RFC 3986, 3.3): `cart;jsessionid=8F2A`. */
const PARAMETERS = /;[\w.~-]+=[^/;]*/g;

/**
 * Replaces the variable segments of a path by parameters: `/orders/42` becomes `/orders/:id`, `/log/2026-11-21`
 * becomes `/log/:date`.
 *
 * Numbers, UUIDs, hashes, e-mail addresses and what looks drawn at random (nanoid, ULID, cuid, KSUID, Sqids and the
 * like, also at the end of a slug) are `:id`, percent-encoded or not. Parameters of a segment are left out. This is a guess,
 * for pages without declared routes. It keeps slugs unchanged, so it limits the number of paths only if slugs do not come
 * from users. The shorter an id, the more often it is missed.
 */
export function templatePath(path: string): string {
  return withoutParameters(path)
    .split("/")
    .map((segment) => templateSegment(segment))
    .join("/");
}

/** Leaves out the parameters of segments: `/cart;jsessionid=8F2A` is `/cart`. Servers that set them match routes without them. */
export function withoutParameters(path: string): string {
  return path.includes(";") ? path.replace(PARAMETERS, "") : path;
}

function templateSegment(segment: string): string {
  // `:id` is a parameter already.
  if (segment === "" || segment.startsWith(":")) return segment;
  const text = decodeSegment(segment);
  if (DATE.test(text)) return ":date";
  const isId = UUID.test(text) || isNumber(text) || isAddress(text) || isHash(text);
  return isId ? ":id" : segment;
}

/** `42`, `1,024`, `555-0100`. Two tests, because one pattern for both would backtrack. */
function isNumber(segment: string): boolean {
  return /\d/.test(segment) && /^[\d.,_-]+$/.test(segment);
}

/** Returns true for text with an at sign inside. A handle such as `@name` begins with it. */
function isAddress(segment: string): boolean {
  const at = segment.indexOf("@");
  return at > 0 && at < segment.length - 1;
}

function isHash(segment: string): boolean {
  if (!ID_CHARACTERS.test(segment)) return false;
  if (isHex(segment) || looksRandom(segment)) return true;
  return segment.split(/[^a-z\d]/i).some((part) => {
    if (/^\d+$/.test(part)) return part.length >= LONG_NUMBER;
    return part.length >= LONG_PART && (isHex(part) || looksRandom(part));
  });
}

function isHex(text: string): boolean {
  if (text.length < SHORT_HEX || !/^[\da-f]+$/i.test(text)) return false;
  return text.length >= LONG_HEX || (text.length >= HEX ? /\d/ : /\d[a-f]/i).test(text);
}
