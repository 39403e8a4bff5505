import { checkBody } from "../http/collectError.ts";
import {
  type CollectRequest,
  type PlainAnswer,
  READ_HEADERS,
  type ReadHeader,
} from "../http/collectRequest.ts";

/** A request whose body a worker has read. */
export interface ReadRequest {
  readonly request: CollectRequest;
  readonly body: Buffer;
}

type Headers = Partial<Record<ReadHeader, string>>;

/** A request without its body. */
interface Head extends Pick<CollectRequest, "method" | "url" | "wasRead"> {
  readonly authority?: string | undefined;
  readonly address?: string | undefined;
  readonly headers: Headers;
  /** Bytes of its body. */
  readonly length: number;
}

/** Bytes of the number in front: the length of all heads, in little endian. */
const PREFIX = 4;

/** Packs requests: the length of their heads, the heads as JSON, and the bodies one after the other, unchanged. */
export function packRequests(requests: readonly ReadRequest[]): Buffer {
  const heads = Buffer.from(JSON.stringify(requests.map(toHead)));
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32LE(heads.length);
  return Buffer.concat([prefix, heads, ...requests.map(({ body }) => body)]);
}

function toHead({ request, body }: ReadRequest): Head {
  const { method, url, authority, address, wasRead } = request;
  const headers: Headers = {};
  for (const name of READ_HEADERS) {
    const value = request.header(name);
    if (value !== undefined) headers[name] = value;
  }
  return { method, url, authority, address, wasRead, headers, length: body.length };
}

/** Unpacks requests. Throws a TypeError for bytes that `packRequests` did not write. */
export function unpackRequests(packed: Buffer): CollectRequest[] {
  if (packed.length < PREFIX) throw notPacked();
  let at = PREFIX + packed.readUInt32LE();
  const heads: unknown = JSON.parse(packed.toString("utf8", PREFIX, at));
  if (!Array.isArray(heads) || !heads.every(isHead)) throw notPacked();
  const requests = heads.map((head) => {
    const from = at;
    at += head.length;
    return toRequest(head, packed.subarray(from, at));
  });
  if (at !== packed.length) throw notPacked();
  return requests;
}

function notPacked(): TypeError {
  return new TypeError("[rumkit] These are not requests of a worker.");
}

function isHead(value: unknown): value is Head {
  const { method, url, headers, length } = Object(value) as Readonly<Record<string, unknown>>;
  return (
    typeof method === "string" &&
    typeof url === "string" &&
    typeof headers === "object" &&
    headers !== null &&
    Number.isSafeInteger(length) &&
    Number(length) >= 0
  );
}

function toRequest(
  { method, url, authority, address, wasRead, headers }: Head,
  body: Buffer,
): CollectRequest {
  return {
    method,
    url,
    authority,
    address,
    wasRead,
    header: (name) => headers[name],
    readBody: async (most) => {
      checkBody(body, most);
      return body;
    },
  };
}

/** Reads the answers to a number of requests. Throws a TypeError for anything else. */
export function readAnswers(value: unknown, count: number): readonly PlainAnswer[] {
  const { answers } = Object(value) as { readonly answers?: unknown };
  if (Array.isArray(answers) && answers.length === count) return answers as PlainAnswer[];
  throw new TypeError("[rumkit] These are not the answers of a collector.");
}
