import type { Context } from "hono";

/** The Streams standard has `cancel` (the reader gave up); TypeScript's copy of it does not have it yet. */
interface CancellableTransformer extends Transformer<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  readonly cancel: () => void;
}

/**
 * Counts a web `Response`'s body, and reports when it was read to its end or given up, in seconds since `start`.
 *
 * A body of known size is not touched. A body that is never read never ends: a server reads every body that it
 * receives, a test may not.
 */
export function countBody(c: Context, start: number, onEnd: (bytes: number, seconds: number) => void): void {
  const end = (bytes: number): void => onEnd(bytes, (performance.now() - start) / 1000);
  const { body } = c.res;
  if (body === null || c.req.method === "HEAD") return end(0);
  const declared = c.res.headers.get("content-length");
  if (declared !== null) return end(Number(declared) || 0);
  let bytes = 0;
  const transformer: CancellableTransformer = {
    transform: (chunk, controller) => {
      bytes += chunk.byteLength;
      controller.enqueue(chunk);
    },
    flush: () => end(bytes),
    cancel: () => end(bytes),
  };
  const counter = new TransformStream(transformer);
  c.res = new Response(body.pipeThrough(counter), c.res);
}
