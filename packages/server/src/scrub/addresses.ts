import { isIP } from "node:net";

/** Characters that end the local part of an e-mail address, read backwards from its at sign. */
const LOCAL_BREAK = /[\s"'<>()[\]{},;:=&|/\\@`]/;

/** Characters that end a local part, too, but are one themselves if one alone stands before the at sign. */
const LOCAL_ALONE = /['{}=&|`]/;

/** A local part has at most 64 octets (RFC 5321, 4.5.3.1.1), and up to three times as many if it is percent-encoded. */
const MAX_LOCAL = 192;

const DOMAIN = /[\p{L}\p{N}.-]/u;

/** Replaces e-mail addresses by `[email]`. `%40` is an at sign, too: URLs encode it that way. */
export function withoutEmails(text: string): string {
  let kept = "";
  let from = 0;
  for (const { 0: sign, index } of text.matchAll(/@|%40/g)) {
    const end = domainEnd(text, index + sign.length);
    if (end === undefined) continue;
    const start = localStart(text, from, index);
    if (start === index) continue;
    kept += `${text.slice(from, start)}[email]`;
    from = end;
  }
  return kept + text.slice(from);
}

/** The start of the local part; `at` itself if there is none. */
function localStart(text: string, from: number, at: number): number {
  const first = Math.max(from, at - MAX_LOCAL);
  const start = wordStart(text, first, at);
  if (start === at) return at > from && LOCAL_ALONE.test(text[at - 1]!) ? at - 1 : at;
  if (text[start - 1] !== ":") return start;
  // The user and password of a URL.
  const user = wordStart(text, first, start - 1);
  return text.startsWith("//", user - 2) ? user : start;
}

function wordStart(text: string, first: number, end: number): number {
  let start = end;
  while (start > first && !LOCAL_BREAK.test(text[start - 1]!)) start -= 1;
  return start;
}

/** The end of the domain, or undefined if there is none: `react@18.2.0` and `add@https://…` are not addresses. */
function domainEnd(text: string, start: number): number | undefined {
  let end = start;
  while (end < text.length && DOMAIN.test(text[end]!)) end += 1;
  while (end > start && (text[end - 1] === "." || text[end - 1] === "-")) end -= 1;
  const domain = text.slice(start, end);
  const dot = domain.lastIndexOf(".");
  return dot > 0 && /^\p{L}[\p{L}\p{N}-]/u.test(domain.slice(dot + 1)) ? end : undefined;
}

/** Replaces IP addresses by `[ip]`. A version of four numbers looks the same and is replaced, too. */
export function withoutIps(text: string): string {
  return text.replace(/[\dA-Fa-f:.]{6,64}/g, (run) => {
    const trimmed = run.replace(/[.:]$/, "");
    if (isIP(trimmed) > 0) return `[ip]${run.slice(trimmed.length)}`;
    const first = trimmed.startsWith(":") && !trimmed.startsWith("::") ? 1 : 0;
    const port = trimmed.indexOf(":", first);
    const end = port < 0 ? trimmed.length : port;
    return isIP(trimmed.slice(first, end)) > 0 ? `${run.slice(0, first)}[ip]${run.slice(end)}` : run;
  });
}

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
