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
  /** Returns the value of a header, undefined if it was not sent. `name` is in lower case. */
  header(name: string): string | undefined;
  /**
   * Reads the body; call it once. Throws a `CollectError`: `too_large` as soon as more than `most` bytes arrive,
   * `empty_body`, `timeout` for a sender that is too slow, `aborted` if the connection ends before the body does,
   * `body_taken` if other middleware has read the body and left nothing to use.
   */
  readBody(most: number): Promise<Buffer>;
  /** True if other middleware has read the body, and may have inflated it. */
  readonly wasRead: boolean;
}

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
