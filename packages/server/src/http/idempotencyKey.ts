import { CollectError } from "./collectError.ts";

/** Maximum characters of a key. A UUID has 36; a value of more than 255 is not a key. */
const MAX_KEY = 255;

/** Visible ASCII and space: the characters of a string in a structured field (RFC 9651, section 3.3.3). */
const KEY = /^[ -~]+$/;

/**
 * Reads the key of an `Idempotency-Key` header, undefined without the header.
 *
 * The draft of the IETF (draft-ietf-httpapi-idempotency-key-header) has it in quotation marks, and most clients send
 * it without: both name the same key. Throws a `CollectError`: `bad_idempotency_key`.
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

/** Returns the content of a quoted string: `"a\"b"` is `a"b`. Undefined if the text is not quoted. */
function unquote(text: string): string | undefined {
  const [, content] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text) ?? [];
  return content?.replace(/\\(["\\])/g, "$1");
}
