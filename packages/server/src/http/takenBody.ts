import { CollectError } from "./collectError.ts";
import type { NodeRequest } from "./requestTarget.ts";

/**
 * Returns the body that other middleware has read from a request of Node, from where it leaves it: `rawBody`
 * (Firebase, NestJS, Cloud Functions) or `body` (Express, Next.js, a parser of Koa that patches Node's request).
 * Undefined where it left nothing that the text can be made of.
 */
export function takenBody(incoming: NodeRequest): Buffer | undefined {
  const { rawBody, body } = incoming as { readonly rawBody?: unknown; readonly body?: unknown };
  return bytesOf(rawBody) ?? bytesOf(body);
}

/** Bytes of what a parser makes of a body: text, bytes, or the value of its JSON. Undefined for anything else. */
export function bytesOf(body: unknown): Buffer | undefined {
  if (typeof body === "string") return body === "" ? undefined : Buffer.from(body);
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  if (typeof body !== "object" || body === null) return undefined;
  const keys = Object.keys(body);
  // Express 4 says `{}` of what it does not parse; a form's parser takes a text of JSON for the name of a field.
  if (keys.length === 0 || keys.some((key) => /^\s*[[{]/.test(key))) return undefined;
  try {
    return Buffer.from(JSON.stringify(body));
  } catch {
    return undefined;
  }
}

/** A gzip member begins so (RFC 1952, section 2.3.1). */
export function isGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}

/** True for bytes that begin as JSON does: a parser has inflated them already. */
export function beginsLikeJson(body: Buffer): boolean {
  return /^\s*[[{]/.test(body.toString("latin1", 0, 16));
}

let isTold = false;

/**
 * The error of a body that is gone. Pages send such a batch again: it is our side that has to change, and the
 * one who runs it is told once.
 */
export function bodyTaken(): CollectError {
  const message =
    "Other middleware has read the body of a request to the collector, and left neither rawBody nor body on it to use. " +
    "Put the collector before body parsers (express.json(), koa-bodyparser, a parser of Fastify), or set rawBody.";
  if (!isTold) process.emitWarning(message, { type: "RumkitWarning", code: "RUMKIT_BODY_TAKEN" });
  isTold = true;
  return new CollectError("body_taken", message);
}
