/** What ends an address in a text. */
const BREAKS: ReadonlySet<string> = new Set([" ", "\t", "\n", "\r", "\u00A0", '"', "<", ">", "`"]);

/** Signs that belong to the sentence around an address, not to its query. */
const CLOSING: ReadonlySet<string> = new Set([")", "]", "}", "'", ",", ".", ";", "…"]);

/**
 * A text without the queries of addresses and the hashes of URLs and paths, both of which hold what users
 * typed and what signed links grant. The line and column of a stack's frame stay.
 *
 * A question mark is the start of a query behind a slash, or before an equals sign: `a?.b` and `Really?` stay.
 */
export function withoutUrlParts(text: string): string {
  let kept = "";
  let from = 0;
  let hasSlash = false;
  for (let index = 0; index < text.length; index += 1) {
    const sign = text[index]!;
    if (BREAKS.has(sign)) hasSlash = false;
    else if (sign === "/") hasSlash = true;
    else if (sign === "?" || sign === "#") {
      const end = endOf(text, index);
      const isPart = hasSlash || (sign === "?" && text.slice(index, end).includes("="));
      if (isPart) {
        kept += text.slice(from, index);
        from = beforeClosing(text, index, end);
      }
      index = end - 1;
      hasSlash = false;
    }
  }
  return kept + text.slice(from);
}

function endOf(text: string, start: number): number {
  let end = start;
  while (end < text.length && !BREAKS.has(text[end]!)) end += 1;
  return end;
}

/** Where `:10:5)` begins at the end of a frame's address. */
function beforeClosing(text: string, start: number, end: number): number {
  let at = end;
  while (at > start + 1 && CLOSING.has(text[at - 1]!)) at -= 1;
  for (let numbers = 0; numbers < 2; numbers += 1) {
    let digits = at;
    while (digits > start && isDigit(text.charCodeAt(digits - 1))) digits -= 1;
    if (digits === at || text[digits - 1] !== ":" || at - digits > MAX_DIGITS) break;
    at = digits - 1;
  }
  return Math.max(at, start);
}

/** Digits of a line or column at most. */
const MAX_DIGITS = 9;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
