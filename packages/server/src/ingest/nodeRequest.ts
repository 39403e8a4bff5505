import type { IncomingMessage } from "node:http";
import { CollectError } from "./collectError.ts";
import type { CollectRequest } from "./collectRequest.ts";
import { tooLarge } from "./bodyLimits.ts";
import { createDeadlines } from "./deadlines.ts";
import { createTurn } from "../turn.ts";

/**
 * Milliseconds that a body may take. 64 KiB in 7 s is 9 KB/s, slower than any network that loads a page; a
 * sender that is slower holds a connection and nothing else.
 */
const BODY_TIMEOUT_MS = 7_000;

const bodies = createDeadlines(BODY_TIMEOUT_MS);

const readInTurn = createTurn();

/** A request as Node has parsed it. Its body is read from the socket's own stream. */
export function fromNode(incoming: IncomingMessage): CollectRequest {
  return {
    method: incoming.method ?? "GET",
    url: incoming.url ?? "/",
    address: incoming.socket.remoteAddress,
    header: (name) => incoming.headers[name] as string | undefined,
    readBody: (most) => readIncoming(incoming, most),
  };
}

/** Counts the bytes as they come, and stops listening with the first one too many. */
function readIncoming(incoming: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (): void => {
      unwatch();
      incoming.off("data", onData).off("end", onEnd).off("close", onClose);
    };
    const fail = (error: CollectError): void => {
      settle();
      reject(error);
    };
    const onClose = (): void =>
      fail(new CollectError("aborted", "The connection closed before the whole body came."));
    const onData = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > most) fail(tooLarge(most));
      else chunks.push(chunk);
    };
    const onEnd = (): void => {
      settle();
      readInTurn(() => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
    };
    const unwatch = bodies.watch(() =>
      fail(new CollectError("timeout", `The body did not come within ${BODY_TIMEOUT_MS / 1000} s.`)),
    );
    if (incoming.destroyed) return onClose();
    // A socket that breaks emits both; without a listener for "error" the process would end.
    incoming.on("error", onClose).once("close", onClose).on("data", onData).once("end", onEnd);
  });
}
