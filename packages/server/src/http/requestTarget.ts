import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";

/** A request as Node has parsed it, of HTTP/1.1 or of HTTP/2. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;

/**
 * `GET http://shop.example/metrics HTTP/1.1`, the form in which clients send requests to a proxy (RFC 9112, section
 * 3.2.2).
 */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)(.*)$/i;

/**
 * Returns the host and port that a request is for: `:authority` in HTTP/2, an absolute target or `Host` in HTTP/1.1.
 * HTTP/2 has no `Host` unless a client adds one, and then it is ignored (RFC 9113, section 8.3.1). Undefined for a
 * client of HTTP/1.0 that names none.
 */
export function authorityOf({ url = "", headers }: NodeRequest): string | undefined {
  if (!url.startsWith("/")) {
    const authority = ABSOLUTE_FORM.exec(url)?.[1];
    if (authority !== undefined) return authority;
  }
  return headers[":authority"]?.toString() ?? headers.host;
}

/** Returns path and query of a request, for every form of target; `"*"` for `OPTIONS *`. */
export function targetOf({ url = "/" }: Pick<NodeRequest, "url">): string {
  if (url.startsWith("/")) return url;
  const target = ABSOLUTE_FORM.exec(url)?.[2];
  if (target === undefined) return url;
  return target.startsWith("/") ? target : `/${target}`;
}
