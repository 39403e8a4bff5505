import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest } from "node:http2";
import { CollectError } from "./collectError.ts";

/**
 * The parts of a request that an answer needs, for every server: from Node's objects in our own listener, from Hono's
 * context elsewhere. Creating it needs no web `Request`.
 */
export interface CollectRequest {
  /** Upper case. */
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The host and port that the request is for, as the client wrote them; undefined if the client named none. */
  readonly authority: string | undefined;
  /** The address of the other end of the connection; undefined if the runtime does not provide it. */
  readonly address: string | undefined;
  /** Returns the value of a header, undefined if it was not sent. */
  header(name: ReadHeader): string | undefined;
  /**
   * Reads the body; call it once. Throws a `CollectError`: `too_large` as soon as more than `most` bytes arrive,
   * `empty_body`, `timeout` for a sender that is too slow, `aborted` if the connection ends before the body does,
   * `body_taken` if other middleware has read the body and left nothing to use.
   */
  readBody(most: number): Promise<Buffer>;
  /** True if other middleware has read the body, and may have inflated it. */
  readonly wasRead: boolean;
}

/** The headers that are read of a request. A process that passes a request on passes on these. */
export const READ_HEADERS = [
  "access-control-request-headers",
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "forwarded",
  "idempotency-key",
  "origin",
  "referer",
  "sec-fetch-site",
  "sec-websocket-protocol",
  "user-agent",
  "x-forwarded-for",
  "x-forwarded-host",
] as const;

/** The name of such a header, in lower case. */
export type ReadHeader = (typeof READ_HEADERS)[number];

/** An answer of the collector, before it is one of Node or of Hono. */
export interface PlainAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** ASCII text, such as JSON; empty for an answer without a body. */
  readonly body: string;
}

/** Part of every answer, so that browsers do not guess another content type from the body. */
export const NO_SNIFFING = { "x-content-type-options": "nosniff" } as const;

/** Answers a request of any server. Rejects only because of a bug in rumkit, never because of a client. */
export type AnswerRequest = (request: CollectRequest) => Promise<PlainAnswer>;

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
