import type { IncomingMessage } from "node:http";

/**
 * Returns a function that returns the bytes of body that a request has brought so far, as the parser passes them on.
 * Not `Content-Length`: a client sends that before the body. A listener of `data` would set the body flowing, so
 * `push` is replaced.
 */
export function countRequestBytes(request: IncomingMessage): () => number {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  // HTTP/2 has bodies of unknown length without a header that announces them.
  const isWithout = length === undefined && coding === undefined && request.httpVersionMajor < 2;
  if (isWithout || length === "0") return none;
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
