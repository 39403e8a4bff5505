/** Characters that end a URL in a text. */
const BREAKS: ReadonlySet<string> = new Set([" ", "\t", "\n", "\r", "\u00A0", '"', "<", ">", "`"]);

/** Characters that belong to the sentence around a URL, not to its query. */
const CLOSING: ReadonlySet<string> = new Set([")", "]", "}", "'", ",", ".", ";", "…"]);

/**
 * Removes the queries and hashes of URLs and paths. Both may contain what users typed and the signatures of links. The
 * line and column of a stack frame stay.
 *
 * A question mark starts a query if it follows a slash or precedes an equals sign: `a?.b` and `Really?` stay.
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

/** The start of `:10:5)` at the end of a frame's URL. */
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

/** Maximum digits of a line or column. */
const MAX_DIGITS = 9;

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
