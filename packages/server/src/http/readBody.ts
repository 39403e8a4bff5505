import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { tooLarge } from "./bodyLimits.ts";
import { CollectError } from "./collectError.ts";
import type { CollectRequest } from "./collectRequest.ts";
import { inflateBody } from "./inflate.ts";
import { beginsLikeJson, bodyTaken, isGzip } from "./takenBody.ts";

/**
 * Reads a request's body, never more than `most` bytes of it: a declared length over the cap is refused
 * before a byte is read; without one the bytes are counted as they come. gzip is inflated, within limits of its
 * own; it is the one coding, because others inflate to a thousand times as much.
 *
 * Throws a `CollectError`: `too_large`, `unsupported_encoding`, `empty_body`, `timeout`, `aborted`, `body_taken`, and
 * what `inflateBody` throws.
 */
export async function readBody(request: CollectRequest, most = MAX_BATCH_BYTES): Promise<Buffer> {
  const coding = request.header("content-encoding")?.trim().toLowerCase();
  if (coding !== undefined && coding !== "identity" && coding !== "gzip") {
    throw new CollectError(
      "unsupported_encoding",
      `Content-Encoding "${coding.slice(0, 100)}" is not read. Send plain JSON, or gzip alone.`,
    );
  }
  checkDeclaredLength(request, most);
  const body = await request.readBody(most);
  if (body.length === 0) throw new CollectError("empty_body", "The body is empty. Send JSON.");
  if (coding !== "gzip") return body;
  if (!request.wasRead || isGzip(body)) return inflateBody(body);
  if (beginsLikeJson(body)) return body;
  // Read as text, which compressed bytes do not survive.
  throw bodyTaken();
}

/** Throws `too_large` for a request that says itself that it has more than `most` bytes. */
export function checkDeclaredLength(request: CollectRequest, most: number): void {
  if (Number(request.header("content-length") ?? 0) > most) throw tooLarge(most);
}
