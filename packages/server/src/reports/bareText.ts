import { MAX_TEXT } from "@rumkit/protocol";

/** Words of browsers in place of an address: `inline`, `eval`, `trusted-types-policy`. */
const KEYWORD = /^[a-z-]{1,32}$/;

/** A text without queries, hashes and credentials of the addresses in it. */
export function bareText(text: string): string {
  return text
    .slice(0, MAX_TEXT)
    .toWellFormed()
    .replace(/[?#][^\s"'<>)]+/g, "")
    .replace(/\/\/[^\s/@]+@/g, "//");
}

/** An address without query, hash and credentials; of a `data:` or `blob:` address its scheme. */
export function bareAddress(text: string): string {
  const url = URL.parse(text);
  if (!url) return bareText(text);
  return isWeb(url) ? bareText(url.origin + url.pathname) : url.protocol;
}

/** The source of a blocked resource: a host, a scheme or a word of the browser. */
export function bareSource(text: string): string {
  const url = URL.parse(text);
  if (url) return isWeb(url) ? url.host : url.protocol;
  return KEYWORD.test(text) ? text : "other";
}

function isWeb({ protocol }: URL): boolean {
  return ["http:", "https:", "ws:", "wss:"].includes(protocol);
}
