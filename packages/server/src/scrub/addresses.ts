import { isIP } from "node:net";

/** What ends the word before an at sign, where the local part of an e-mail address begins. */
const LOCAL_BREAK = /[\s"'<>()[\]{},;:=&|/\\@`]/;

/** Signs of a local part that are breaks everywhere else in it: alone before the at sign they are all of it. */
const LOCAL_ALONE = /['{}=&|`]/;

/** A local part has 64 octets at most (RFC 5321, 4.5.3.1.1), and up to three times as many where it is coded. */
const MAX_LOCAL = 192;

const DOMAIN = /[\p{L}\p{N}.-]/u;

/** A text whose e-mail addresses are `[email]`. Also `%40` is an at sign: so URLs write it. */
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

/** Where the local part begins; at `at` itself where there is none. */
function localStart(text: string, from: number, at: number): number {
  const first = Math.max(from, at - MAX_LOCAL);
  const start = wordStart(text, first, at);
  if (start === at) return at > from && LOCAL_ALONE.test(text[at - 1]!) ? at - 1 : at;
  if (text[start - 1] !== ":") return start;
  // The name and the password of an URL.
  const user = wordStart(text, first, start - 1);
  return text.startsWith("//", user - 2) ? user : start;
}

function wordStart(text: string, first: number, end: number): number {
  let start = end;
  while (start > first && !LOCAL_BREAK.test(text[start - 1]!)) start -= 1;
  return start;
}

/** Where the domain ends, undefined where there is none: `react@18.2.0` and `add@https://…` are no addresses. */
function domainEnd(text: string, start: number): number | undefined {
  let end = start;
  while (end < text.length && DOMAIN.test(text[end]!)) end += 1;
  while (end > start && (text[end - 1] === "." || text[end - 1] === "-")) end -= 1;
  const domain = text.slice(start, end);
  const dot = domain.lastIndexOf(".");
  return dot > 0 && /^\p{L}[\p{L}\p{N}-]/u.test(domain.slice(dot + 1)) ? end : undefined;
}

/** A text whose IP addresses are `[ip]`. A version of four numbers is one as well: nobody can tell. */
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
