/** The start of the token of a read-only link to the live page. Secret scanners can find it by this prefix. */
export const LINK_PREFIX = "rkl1.";

/** Seconds for which a link is valid by default: a day. */
export const DEFAULT_LINK_SECONDS = 86_400;

/** Minimum seconds for which a link is valid. */
export const MIN_LINK_SECONDS = 60;

/** Maximum seconds for which a link is valid: 30 days. A reader for longer needs a token of scope live. */
export const MAX_LINK_SECONDS = 2_592_000;

/** A read-only link to the live page: the answer of `POST /api/rumkit/share`. */
export interface LiveLink {
  /**
   * The address of the page with the token in its fragment, relative to the address of the request: the collector does
   * not know under which names and prefixes proxies serve it. `../../realtime#token=rkl1.…`
   */
  url: string;
  /** The token: what `Authorization: Bearer …` needs at the routes of the live page. */
  token: string;
  /** The end of its validity: Unix milliseconds. */
  endsAt: number;
}

/** Returns the end of a link by the text of its token, in Unix milliseconds; undefined for any other text. */
export function linkEndsAt(token: string): number | undefined {
  const seconds = /^rkl1\.(\d{10,11})\./.exec(token)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
