import type { IncomingMessage } from "node:http";

/**
 * How many bytes of body a request brings. Most say it in `Content-Length`; a chunked body is counted chunk by
 * chunk as the parser hands it on, because a listener of `data` would set it flowing.
 */
export function countRequestBytes(request: IncomingMessage): () => number {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  if (length !== undefined) {
    const declared = Number(length);
    return () => declared;
  }
  if (coding === undefined && request.httpVersionMajor < 2) return none;
  let bytes = request.readableLength;
  const { push } = request;
  request.push = function (chunk: unknown, encoding?: BufferEncoding): boolean {
    if (chunk instanceof Uint8Array) bytes += chunk.byteLength;
    return push.call(request, chunk, encoding);
  };
  return () => bytes;
}

function none(): number {
  return 0;
}
