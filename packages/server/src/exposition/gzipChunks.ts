import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";

/**
 * Level 1 compresses 8.6 MB to 0.68 MB in 29 ms of another thread; level 6 takes 52 ms for 0.60 MB (measured on an
 * exposition of 100,000 counters).
 */
const LEVEL = 1;

/** Compresses chunks in Node's thread pool, as fast as they are read. */
export function gzipChunks(chunks: AsyncIterable<Uint8Array>): AsyncIterator<Uint8Array, void> {
  const gzip = createGzip({ level: LEVEL, chunkSize: 65_536 });
  // An error or a reader that leaves ends both streams, and discards the bytes that were read so far.
  pipeline(Readable.from(chunks, { objectMode: true, highWaterMark: 1 }), gzip, () => {});
  return gzip[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, void>;
}
