import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { type Duplex, Readable } from "node:stream";
import type { Context, Handler } from "hono";
import { CollectError } from "../http/collectError.ts";
import { targetOf } from "../http/collectRequest.ts";
import { fromHono, incomingOf, toResponse } from "../http/honoRequest.ts";
import type { LinkClient } from "./linkClient.ts";
import { collectorAway, refuse } from "./passBatchesOn.ts";
import { PEER_HEADER } from "./wire.ts";

/** Headers of one connection (RFC 9110, section 7.6.1), and those that HTTP/2 has in place of a first line. */
const OF_CONNECTION =
  /^(connection|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|expect|:.*)$/i;

/** Headers that are written anew: the length is that of the body as it was read. */
const WRITTEN = ["host", "content-length", PEER_HEADER];

/** Maximum bytes of a source map, the largest body; the collector has its own limit for each route. */
const MAX_BODY = 64 * 1024 * 1024;
const MAX_POST = 2 * 1024 * 1024;

/**
 * Returns a handler that lets the collector answer a request. While it is away, the answer is 503 with `Retry-After`: pages
 * and services send again, and what arrived before counts once.
 *
 * @param path The path of the route in the collector, whatever path the app is mounted at.
 */
export function passRequestOn({ request }: LinkClient, path: string): Handler {
  const segments = path.split("/").length - 1;
  return async (c) => {
    let body: Buffer | undefined;
    try {
      body = ["GET", "HEAD", "OPTIONS"].includes(c.req.method) ? undefined : await readBody(c);
    } catch (error) {
      if (error instanceof CollectError) return toResponse(c, refuse(error));
      throw error;
    }
    return new Promise((resolve) => {
      const options = { method: c.req.method, path: pathOf(c, segments), headers: headersOf(c, body) };
      const sent = request(options, (answer) => resolve(toWeb(c, answer)));
      sent.on("error", () => resolve(toResponse(c, refuse(collectorAway()))));
      sent.end(body);
      incomingOf(c)?.once("close", () => void (incomingOf(c)?.complete || sent.destroy()));
    });
  };
}

/** An empty body is passed on: the collector says what is wrong with it. */
async function readBody(c: Context): Promise<Buffer> {
  try {
    return await fromHono(c).readBody(c.req.method === "PUT" ? MAX_BODY : MAX_POST);
  } catch (error) {
    if (error instanceof CollectError && error.code === "empty_body") return Buffer.alloc(0);
    throw error;
  }
}

/** The last segments of the path, which are those of the collector's route, and the query. */
function pathOf(c: Context, segments: number): string {
  const { pathname, search } = new URL(c.req.url);
  const [end = ""] = /\/?$/.exec(pathname)!;
  const parts = pathname.slice(0, pathname.length - end.length).split("/");
  return `/${parts.slice(-segments).join("/")}${segments > 0 ? end : ""}${search}`;
}

/** The headers as the client sent them, in the form of `rawHeaders`. */
function headersOf(c: Context, body: Buffer | undefined): string[] {
  const incoming = incomingOf(c);
  const pairs = incoming ? pairsOf(incoming) : [...c.req.raw.headers];
  const authority = incoming?.headers[":authority"];
  const host = c.req.header("host") ?? (authority as string | undefined) ?? new URL(c.req.url).host;
  const passed = pairs.filter(([name]) => !OF_CONNECTION.test(name) && !WRITTEN.includes(name.toLowerCase()));
  const own: [string, string][] = [["host", host]];
  if (incoming?.socket.remoteAddress) own.push([PEER_HEADER, incoming.socket.remoteAddress]);
  if (body) own.push(["content-length", String(body.length)]);
  return [...own, ...passed].flat();
}

function pairsOf({ rawHeaders }: IncomingMessage): [string, string][] {
  return rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1]!]] : []));
}

const WITHOUT_BODY = [204, 205, 304];

function toWeb(c: Context, answer: IncomingMessage): Response {
  const status = answer.statusCode!;
  const headers = new Headers(pairsOf(answer).filter(([name]) => !OF_CONNECTION.test(name)));
  const isEmpty = c.req.method === "HEAD" || WITHOUT_BODY.includes(status);
  if (isEmpty) answer.resume();
  return new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream), { status, headers });
}

/** Connects the upgrade of a WebSocket with the collector, which admits or refuses it. */
export function passUpgradeOn(socketPath: string, path: string) {
  return (incoming: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const collector = connect(socketPath);
    const end = (): void => {
      socket.destroy();
      collector.destroy();
    };
    socket.on("error", end).on("close", end);
    collector.on("error", end).on("close", end);
    const [, query = ""] = /(\?.*)?$/.exec(targetOf(incoming))!;
    const passed = pairsOf(incoming).filter(([name]) => name.toLowerCase() !== PEER_HEADER);
    const lines = [...passed, [PEER_HEADER, incoming.socket.remoteAddress ?? ""]];
    const fields = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    collector.write(`GET ${path}${query} HTTP/1.1\r\n${fields}\r\n`);
    collector.write(head);
    collector.pipe(socket);
    socket.pipe(collector);
  };
}
