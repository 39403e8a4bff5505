import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { CollectError, tooLarge } from "./collectError.ts";
import type { CollectRequest } from "./collectRequest.ts";
import { beginsLikeJson, bodyTaken, isGzip } from "./takenBody.ts";
import { promisify } from "node:util";
import { crc32, gunzip } from "node:zlib";

/**
 * Reads a request's body, never more than `most` bytes of it. A declared length over the limit is refused before a byte
 * is read; without a length, bytes are counted as they arrive. gzip is inflated, within separate limits. Other
 * encodings are refused, because they can inflate to a thousand times as much.
 *
 * Throws or rejects with a `CollectError`: `too_large`, `unsupported_encoding`, `empty_body`, `timeout`, `aborted`, `body_taken`, and
 * the errors of `inflateBody`.
 */
export function readBody(request: CollectRequest, most = MAX_BATCH_BYTES): Promise<Buffer> {
  const coding = request.header("content-encoding")?.trim().toLowerCase();
  if (coding !== undefined) return readCoded(request, coding, most);
  // Nearly every body is plain. It does without the promises of an async function.
  checkDeclaredLength(request, most);
  return request.readBody(most);
}

async function readCoded(request: CollectRequest, coding: string, most: number): Promise<Buffer> {
  if (coding !== "identity" && coding !== "gzip") {
    throw new CollectError(
      "unsupported_encoding",
      `Content-Encoding "${coding.slice(0, 100)}" is not read. Send plain JSON, or gzip alone.`,
    );
  }
  checkDeclaredLength(request, most);
  const body = await request.readBody(most);
  if (coding !== "gzip") return body;
  if (!request.wasRead || isGzip(body)) return inflateBody(body);
  if (beginsLikeJson(body)) return body;
  // Other middleware has decoded the body as text, which destroys compressed bytes.
  throw bodyTaken();
}

/** Throws `too_large` for a request that declares more than `most` bytes. */
export function checkDeclaredLength(request: CollectRequest, most: number): void {
  if (Number(request.header("content-length") ?? 0) > most) throw tooLarge(most);
}

/** 256 KiB: no batch of ours is longer before compression, and gzip shrinks it to a sixth. */
const MAX_INFLATED_BYTES = 4 * MAX_BATCH_BYTES;

/**
 * Maximum compression ratio. JSON of events compresses to between a fifth and a twentieth; a body that was compressed
 * to less than a hundredth is a zip bomb.
 */
const MAX_RATIO = 100;

const inflate = promisify(gunzip);

/**
 * Inflates a body of one gzip member, in a thread beside the event loop, and stops at the first byte over the limit.
 *
 * Throws a `CollectError`: `too_large_decoded`; `bad_encoding` for a body that is not gzip, ends too early, has
 * another checksum or continues after its end.
 */
async function inflateBody(body: Buffer): Promise<Buffer> {
  const most = Math.min(MAX_INFLATED_BYTES, Math.max(MAX_BATCH_BYTES, MAX_RATIO * body.length));
  const inflated = await inflate(body, { maxOutputLength: most }).catch((error: unknown) => {
    if (codeOf(error) !== "ERR_BUFFER_TOO_LARGE") throw badEncoding(String(error));
    throw new CollectError("too_large_decoded", `A body has at most ${most} bytes when it is inflated.`);
  });
  // zlib reads several members as one, and ignores bytes after them. In both cases the last bytes are not the trailer
  // of this member.
  const trailer = body.length - TRAILER_BYTES;
  if (body.readUInt32LE(trailer) !== crc32(inflated) || body.readUInt32LE(trailer + 4) !== inflated.length) {
    throw badEncoding("The body goes on after its end.");
  }
  return inflated;
}

/** Reads checksum and length, four bytes each (RFC 1952, section 2.3). */
const TRAILER_BYTES = 8;

function badEncoding(issue: string): CollectError {
  return new CollectError(
    "bad_encoding",
    "The body is not what its Content-Encoding says: one gzip member.",
    [issue],
  );
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code;
}
