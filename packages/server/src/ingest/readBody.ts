import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { tooLarge } from "./bodyLimits.ts";
import { CollectError } from "./collectError.ts";
import type { CollectRequest } from "./collectRequest.ts";

/**
 * Reads a request's body, never more than `MAX_BATCH_BYTES` of it: a declared length over the cap is refused
 * before a byte is read; without one the bytes are counted as they come.
 *
 * Throws a `CollectError`: `too_large`, `unsupported_encoding`, `empty_body`, `timeout`, `aborted`.
 */
export async function readBody(request: CollectRequest): Promise<Buffer> {
  const coding = request.header("content-encoding")?.toLowerCase();
  if (coding !== undefined && coding !== "identity") {
    throw new CollectError(
      "unsupported_encoding",
      `Content-Encoding "${coding}" is not read. Send plain JSON.`,
    );
  }
  if (Number(request.header("content-length") ?? 0) > MAX_BATCH_BYTES) throw tooLarge();
  const body = await request.readBody(MAX_BATCH_BYTES);
  if (body.length === 0) throw new CollectError("empty_body", "The body is empty. Send a batch as JSON.");
  return body;
}
