/**
 * What an answer needs to know of a request, whoever serves it: our own listener reads Node's objects, a
 * Hono app anywhere else gives the same. No web `Request` is built for it.
 */
export interface CollectRequest {
  /** Upper case. */
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** The host and port that it is for, as the client wrote them; undefined where it names none. */
  readonly authority: string | undefined;
  /** The address of the other end of the connection; undefined where the runtime does not tell. */
  readonly address: string | undefined;
  /** The value of a header, undefined where it was not sent. `name` in lower case. */
  header(name: string): string | undefined;
  /**
   * Reads the body, to be called once. Throws a `CollectError`: `too_large` as soon as more than `most` bytes
   * came, `timeout` for a sender that is too slow, `aborted` where the connection ends before the body does,
   * `body_taken` where other middleware has read it and nothing is left to use.
   */
  readBody(most: number): Promise<Buffer>;
  /** True where other middleware has read the body, and may have inflated it. */
  readonly wasRead: boolean;
}

/** An answer of the collector, before it is one of Node or of Hono. */
export interface PlainAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Text of Latin letters, digits and JSON; empty where there is none. */
  readonly body: string;
}

/** In every answer: a browser takes it for what its content type says, and for nothing that it looks like. */
export const NO_SNIFFING = { "x-content-type-options": "nosniff" } as const;

/** Answers a request, whoever serves it. Rejects for a defect of ours only, never for what a client did. */
export type AnswerRequest = (request: CollectRequest) => Promise<PlainAnswer>;
