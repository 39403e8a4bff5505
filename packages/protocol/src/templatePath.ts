/** A day, alone or before a time: `2026-11-21`, `2026-11-21T06:07:42Z`. */
const DATE = /^\d{4}-\d\d-\d\d(?:[T_ ][\d:.+Z-]*)?$/;

/** RFC 9562: 8, 4, 4, 4 and 12 hexadecimal digits. */
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** The shortest hash in hexadecimal that is told from a word, where it has a digit and a letter. */
const SHORT_HEX = 8;

/** Hexadecimal letters alone are a hash from here on: `deadbeef` is a word, and no word is this long. */
const LONG_HEX = 16;

/** Mixed cases and digits without a break: the half of a base64 id. `iPhone15Pro` is shorter. */
const SHORT_MIX = 14;

/** Digits and letters of one case without a break: the length of ids in base 32 and 36 (ULID, CUID). */
const LONG_MIX = 20;

/**
 * A path with its variable segments named: `/orders/42` is `/orders/:id`, `/log/2026-11-21` is `/log/:date`.
 *
 * Numbers, UUIDs, hashes, tokens and e-mail addresses are `:id`. A guess, for pages without declared routes:
 * a slug stays what it is, so it bounds the number of paths only where slugs do not come from users.
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
  return isHex(segment) || segment.split(/[-_.~=]/).some(isToken);
}

function isHex(text: string): boolean {
  if (text.length < SHORT_HEX || !/^[\da-f]+$/i.test(text)) return false;
  return text.length >= LONG_HEX || /\d/.test(text);
}

/** A run of letters and digits as no language has them. */
function isToken(run: string): boolean {
  if (run.length < SHORT_MIX || !/^[\da-z]+$/i.test(run) || !/\d/.test(run)) return false;
  return run.length >= LONG_MIX || (/[a-z]/.test(run) && /[A-Z]/.test(run));
}
