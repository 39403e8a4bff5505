import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { tooLarge } from "./bodyLimits.ts";
import { CollectError } from "./collectError.ts";
import type { CollectRequest } from "./collectRequest.ts";
import { inflateBody } from "./inflate.ts";
import { beginsLikeJson, bodyTaken, isGzip } from "./takenBody.ts";

/**
 * Reads a request's body, never more than `most` bytes of it. A declared length over the limit is refused before a
 * byte is read; without a length, bytes are counted as they arrive. gzip is inflated, within separate limits. It is
 * the only coding, because others inflate to a thousand times as much.
 *
 * Throws a `CollectError`: `too_large`, `unsupported_encoding`, `empty_body`, `timeout`, `aborted`, `body_taken`, and
 * the errors of `inflateBody`.
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
  // It was read as text, which destroys compressed bytes.
  throw bodyTaken();
}

/** Throws `too_large` for a request that declares more than `most` bytes. */
export function checkDeclaredLength(request: CollectRequest, most: number): void {
  if (Number(request.header("content-length") ?? 0) > most) throw tooLarge(most);
}
