import { promisify } from "node:util";
import { crc32, gunzip } from "node:zlib";
import { MAX_BATCH_BYTES } from "@rumkit/protocol";
import { CollectError, tooLarge } from "./collectError.ts";
import type { CollectRequest, NodeRequest } from "./collectRequest.ts";

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

/**
 * Returns the body that other middleware has read from a request of Node, from the property where it left the body:
 * `rawBody` (Firebase, NestJS, Cloud Functions) or `body` (Express, Next.js, a parser of Koa that patches Node's
 * request). Undefined if neither property can be converted back into the text.
 */
export function takenBody(incoming: NodeRequest): Buffer | undefined {
  const { rawBody, body } = incoming as { readonly rawBody?: unknown; readonly body?: unknown };
  return bytesOf(rawBody) ?? bytesOf(body);
}

/** Returns the bytes of a parser's result: text, bytes, or the value of its JSON. Undefined for any other value. */
export function bytesOf(body: unknown): Buffer | undefined {
  if (typeof body === "string") return body === "" ? undefined : Buffer.from(body);
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  if (typeof body !== "object" || body === null) return undefined;
  const keys = Object.keys(body);
  // Express 4 sets `{}` for a body that it does not parse. A form parser turns JSON into the name of a field.
  if (keys.length === 0 || keys.some((key) => /^\s*[[{]/.test(key))) return undefined;
  try {
    return Buffer.from(JSON.stringify(body));
  } catch {
    return undefined;
  }
}

/** The first bytes of a gzip member (RFC 1952, section 2.3.1). */
function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

/** True for bytes that begin like JSON: a parser has already inflated them. */
function beginsLikeJson(body: Buffer): boolean {
  return /^\s*[[{]/.test(body.toString("latin1", 0, 16));
}

let hasWarned = false;

/**
 * Returns the error for a body that is gone, and warns the operator once. The error is temporary to pages: they send
 * the batch again, and it is counted once the server's code is corrected.
 */
export function bodyTaken(): CollectError {
  const message =
    "Other middleware has read the body of a request to the collector, and left neither rawBody nor body on it to use. " +
    "Put the collector before body parsers (express.json(), koa-bodyparser, a parser of Fastify), or set rawBody.";
  if (!hasWarned) process.emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_BODY_TAKEN" });
  hasWarned = true;
  return new CollectError("body_taken", message);
}
