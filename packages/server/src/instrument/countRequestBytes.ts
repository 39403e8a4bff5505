import type { IncomingMessage } from "node:http";

/**
 * How many bytes of body a request has brought so far, as the parser hands them on. Not `Content-Length`: that is
 * what a client says before it sends anything. A listener of `data` would set the body flowing, so `push` is
 * watched.
 */
export function countRequestBytes(request: IncomingMessage): () => number {
  const { "content-length": length, "transfer-encoding": coding } = request.headers;
  // HTTP/2 has bodies of unknown length without a header that says so.
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
