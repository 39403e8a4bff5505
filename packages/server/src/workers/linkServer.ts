import { rmSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import type { AnswerRequest, CollectRequest, PlainAnswer } from "../http/collectRequest.ts";
import { refuseAmbiguous } from "../http/httpRules.ts";
import type { NodeListener } from "../http/nodeListener.ts";
import type { EntryOutcome } from "./entries.ts";
import { unpackRequests } from "./packedRequests.ts";
import { readEntry, readFrame } from "./shapes.ts";
import { type Answered, type Entry, type Frame, type Hello, LINK_PATHS, PEER_HEADER } from "./wire.ts";

/** The collector, as the link to its workers uses it. */
export interface LinkedCollector {
  readonly epoch: string;
  readonly hello: () => Hello;
  readonly take: (frame: Frame) => void;
  readonly count: (entry: Entry) => Promise<EntryOutcome>;
  /** Answers `/collect`. */
  readonly collect: AnswerRequest;
}

/** Bytes of a frame, an entry or packed requests. The largest frame of a worker that could not send for hours has some megabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Creates the server of the link, which answers workers, and the requests that they pass on. It does not listen yet. */
export function createLinkServer(collector: LinkedCollector, answer: NodeListener): Server {
  const passOn = refuseAmbiguous(answer);
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    if (request.url?.startsWith("/-/")) return void answerLink(collector, request, response);
    setPeer(request);
    passOn(request, response);
  });
  server.prependListener("upgrade", setPeer);
  return server;
}

/** Lets the request have the address of its client: a worker is a part of this server and not a proxy. */
function setPeer({ headers, socket }: IncomingMessage): void {
  const value = headers[PEER_HEADER];
  Object.defineProperty(socket, "remoteAddress", { value, configurable: true });
}

async function answerLink(
  { epoch, hello, take, count, collect }: LinkedCollector,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: object | undefined;
  try {
    if (request.url === LINK_PATHS.frame) {
      take(readFrame(await readJson(request)));
      answer = {};
    } else if (request.url === LINK_PATHS.entry) {
      answer = { outcome: await count(readEntry(await readJson(request))) };
    } else if (request.url === LINK_PATHS.batches) {
      const requests = unpackRequests(await readBytes(request));
      answer = { answers: await Promise.all(requests.map((one) => answerSafely(collect, one))) };
    } else answer = request.url === LINK_PATHS.hello ? hello() : undefined;
  } catch (error) {
    // Only a worker with another version of this package gets here.
    response.writeHead(400).end(String(error));
    return;
  }
  const body = JSON.stringify({ ...answer, epoch } satisfies Answered);
  response
    .writeHead(answer === undefined ? 404 : 200, { "content-length": Buffer.byteLength(body) })
    .end(body);
}

/** A bug in rumkit that one request meets is not an answer to the others. */
async function answerSafely(collect: AnswerRequest, request: CollectRequest): Promise<PlainAnswer> {
  try {
    return await collect(request);
  } catch (error) {
    process.emitWarning(error as Error);
    return { status: 500, headers: {}, body: "" };
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  return JSON.parse((await readBytes(request)).toString());
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`[rumkit] A worker sent more than ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * Bytes of the path of a socket: 108 in Linux, 104 in macOS, with a byte for its end (`sun_path` in `sys/un.h`). A longer
 * one would be cut.
 */
const MAX_PATH = 103;

/** Throws a TypeError for a path that cannot be one of a socket. */
export function checkSocketPath(socket: string): void {
  if (socket !== "" && (process.platform === "win32" || Buffer.byteLength(socket) <= MAX_PATH)) return;
  throw new TypeError(
    `[rumkit] socket must be a path of 1 to ${MAX_PATH} bytes: "${socket}". Use a shorter one.`,
  );
}

/**
 * Connections that wait until a busy collector accepts them: as many as Linux allows by default. One that finds no place is
 * refused at once (`EAGAIN`), where a client over TCP would wait. Node's default is 511.
 */
const BACKLOG = 4_096;

/**
 * Listens on the path of a socket that only this user may open. A socket that a killed process left behind is replaced.
 * Rejects if another process listens on it.
 */
export async function listenOnSocket(server: Server, socket: string): Promise<void> {
  if (await isServed(socket))
    throw new Error(
      `[rumkit] Another process serves workers on ${socket}. One collector owns the socket and its journal: give each app a path.`,
    );
  if (process.platform !== "win32") rmSync(socket, { force: true });
  // The socket is created with the mode that is left by the mask: no moment in which others could open it.
  const mask = process.umask(0o177);
  try {
    // Exclusive: a worker of a cluster would let its primary listen.
    server.listen({ path: socket, exclusive: true, backlog: BACKLOG });
  } finally {
    process.umask(mask);
  }
  await once(server, "listening");
}

/** True if a process accepts connections on the path of a socket. */
async function isServed(socket: string): Promise<boolean> {
  const connection = connect(socket);
  try {
    await once(connection, "connect");
    return true;
  } catch {
    return false;
  } finally {
    connection.destroy();
  }
}
