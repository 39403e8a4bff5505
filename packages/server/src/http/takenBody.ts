import { CollectError } from "./collectError.ts";
import type { NodeRequest } from "./requestTarget.ts";

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
export function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

/** True for bytes that begin like JSON: a parser has already inflated them. */
export function beginsLikeJson(body: Buffer): boolean {
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
