import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { Context, Handler } from "hono";
import { CollectError } from "../http/collectError.ts";
import { incomingOf } from "../http/honoRequest.ts";
import { bodyTaken, takenBody } from "../http/readBody.ts";
import { isMapFile, isRelease, MAX_MAP_BYTES } from "./mapFile.ts";
import type { MapTable } from "./mapTable.ts";
import { MapTooLarge } from "./uploadedMaps.ts";

/**
 * `PUT /api/rumkit/sourcemaps/:release/:file`: stores the map in the body. `file` is the path of the map as one segment:
 * `assets%2Fapp-3f2a91bc.js.map`. 201, or 400, 413, 500 and 507 (the disk is full) with the reason.
 *
 * @param onFailed Called with faults of the collector itself.
 */
export function createUploadRoute(maps: MapTable, onFailed: (reason: string) => void): Handler {
  return async function uploadMap(c) {
    const release = c.req.param("release") ?? "";
    const file = c.req.param("file") ?? "";
    if (!isRelease(release) || !isMapFile(file))
      return refuse(c, 400, "bad_name", "Name a release and a relative path that ends with .map.");
    const length = lengthOf(c);
    if ((length ?? 0) > MAX_MAP_BYTES)
      return refuse(c, 413, "too_large", `A map has at most ${MAX_MAP_BYTES} bytes.`);
    try {
      await maps.put(release, file, bodyOf(c), length);
      return c.json({ release, file }, 201);
    } catch (error) {
      if (error instanceof MapTooLarge) return refuse(c, 413, "too_large", error.message);
      const reason = reasonOf(error);
      if (isOfSender(error))
        return refuse(c, 400, "bad_body", `The map did not arrive completely: ${reason}`);
      onFailed(`The source map ${file} of ${release} could not be kept: ${reason}`);
      return refuse(c, isFull(error) ? 507 : 500, "not_kept", `The map could not be kept: ${reason}`);
    }
  };
}

/** Returns the declared length; undefined for a chunked body, or a body that other code has read and inflated. */
function lengthOf(c: Context): number | undefined {
  const length = c.req.header("content-length");
  return length === undefined || c.req.header("content-encoding") !== undefined ? undefined : Number(length);
}

function bodyOf(c: Context): Readable {
  const incoming = incomingOf(c);
  if (incoming?.readableDidRead) {
    const body = takenBody(incoming);
    if (body === undefined) throw bodyTaken();
    return Readable.from([body]);
  }
  if (incoming) return incoming;
  return c.req.raw.body ? Readable.fromWeb(c.req.raw.body as ReadableStream) : Readable.from([]);
}

/** Returns the error's code, such as ENOSPC, else its text. Only holders of an admin token can read it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return "code" in error ? String(error.code) : error.message;
}

/** Returns true if the sender caused the error: the connection ended, or other middleware has read the body. */
function isOfSender(error: unknown): boolean {
  if (error instanceof CollectError) return true;
  const { code } = error as { readonly code?: unknown };
  return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET" || code === "ABORT_ERR";
}

function isFull(error: unknown): boolean {
  return ["ENOSPC", "EDQUOT"].includes(String((error as { readonly code?: unknown }).code));
}

type Refusal = "bad_name" | "bad_body" | "too_large" | "not_kept";

function refuse(c: Context, status: 400 | 413 | 500 | 507, code: Refusal, message: string): Response {
  c.header("cache-control", "no-store");
  return c.json({ error: { code, message } }, status);
}
