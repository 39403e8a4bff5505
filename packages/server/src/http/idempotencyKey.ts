import { CollectError } from "./collectError.ts";

/** Characters of a key: a UUID has 36, and what is longer than 255 is no key but a message. */
const MAX_KEY = 255;

/** Visible ASCII and space: what a string of a structured field can hold (RFC 9651, section 3.3.3). */
const KEY = /^[ -~]+$/;

/**
 * The key of an `Idempotency-Key` header, undefined where there is none.
 *
 * The draft of the IETF (draft-ietf-httpapi-idempotency-key-header) has it in quotation marks, and most
 * clients send it without: both name the same key. Throws a `CollectError`: `bad_idempotency_key`.
 */
export function readIdempotencyKey(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const key = header.startsWith('"') ? unquote(header) : header;
  if (key === undefined || key.length > MAX_KEY || !KEY.test(key)) {
    throw new CollectError(
      "bad_idempotency_key",
      `An Idempotency-Key has 1 to ${MAX_KEY} visible characters, with or without quotation marks.`,
    );
  }
  return key;
}

/** The content of a quoted string, undefined where it is none: `"a\"b"` is `a"b`. */
function unquote(text: string): string | undefined {
  const [, content] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text) ?? [];
  return content?.replace(/\\(["\\])/g, "$1");
}
