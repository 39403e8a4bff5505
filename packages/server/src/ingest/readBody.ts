import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { tooLarge } from "./bodyLimits.ts";
import { CollectError } from "./collectError.ts";
import type { CollectRequest } from "./collectRequest.ts";

/**
 * Reads a request's body, never more than `most` bytes of it: a declared length over the cap is refused
 * before a byte is read; without one the bytes are counted as they come.
 *
 * Throws a `CollectError`: `too_large`, `unsupported_encoding`, `empty_body`, `timeout`, `aborted`.
 */
export async function readBody(request: CollectRequest, most = MAX_BATCH_BYTES): Promise<Buffer> {
  const coding = request.header("content-encoding")?.toLowerCase();
  if (coding !== undefined && coding !== "identity") {
    throw new CollectError(
      "unsupported_encoding",
      `Content-Encoding "${coding}" is not read. Send plain JSON.`,
    );
  }
  if (Number(request.header("content-length") ?? 0) > most) throw tooLarge(most);
  const body = await request.readBody(most);
  if (body.length === 0) throw new CollectError("empty_body", "The body is empty. Send JSON.");
  return body;
}
