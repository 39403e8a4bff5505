import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Requests of one connection that are answered at a time. Browsers and proxies send the next one after the answer;
 * tools that send several at once (pipelining, RFC 9112 section 9.3.2) gain nothing by more.
 */
const MAX_OPEN = 16;

/** Requests that may wait behind those: what a tool has in flight, and a sixth of what fits into one read of a socket. */
const MAX_WAITING = 256;

/** What is going on at one connection. */
interface Line {
  open: number;
  readonly waiting: [IncomingMessage, ServerResponse][];
}

/**
 * A listener that answers a bounded number of requests of each connection at a time. Answers wait in memory until
 * they are read, so a client that sends thousands of requests and reads nothing would fill it. Beyond 16 requests are
 * not read from the socket; those that Node had read by then wait, and beyond 256 the connection is cut.
 *
 * @param onCut Called for each connection that is cut.
 */
export function limitOpenRequests(listener: RequestListener, onCut: () => void): RequestListener {
  const lines = new WeakMap<Socket, Line>();

  const start = (socket: Socket, line: Line, request: IncomingMessage, response: ServerResponse): void => {
    line.open += 1;
    response.once("close", () => {
      line.open -= 1;
      if (socket.destroyed) line.waiting.length = 0;
      const next = line.waiting.shift();
      if (next) start(socket, line, ...next);
      else if (socket.isPaused()) socket.resume();
    });
    listener(request, response);
  };

  return (request, response) => {
    const { socket } = request;
    let line = lines.get(socket);
    if (!line) lines.set(socket, (line = { open: 0, waiting: [] }));
    if (line.open < MAX_OPEN) return start(socket, line, request, response);
    // Of one that is cut, Node still hands over what it has read.
    if (socket.destroyed) return;
    if (line.waiting.length >= MAX_WAITING) {
      line.waiting.length = 0;
      socket.destroy();
      return onCut();
    }
    line.waiting.push([request, response]);
    socket.pause();
  };
}
