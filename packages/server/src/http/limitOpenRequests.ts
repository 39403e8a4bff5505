import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Maximum requests of one connection that are answered at the same time. Browsers and proxies send the next one after
 * the answer. Tools that send several at once (pipelining, RFC 9112 section 9.3.2) gain nothing from a higher number.
 */
const MAX_OPEN = 16;

/**
 * Maximum requests of one connection that wait: as many as a tool has in flight, and a sixth of what fits into one
 * read of a socket.
 */
const MAX_WAITING = 256;

/** The open requests of one connection. */
interface Line {
  /** The answer to the last request that arrived. */
  last: ServerResponse;
  /** Requests that are being answered, counted once there is more than one. */
  open: number;
  readonly waiting: [IncomingMessage, ServerResponse][];
}

/**
 * Creates a listener that answers a bounded number of requests of each connection at the same time. Answers wait in
 * memory until they are read, so a client that sends thousands of requests and reads nothing would fill it. Beyond
 * 16, requests are not read from the socket. Those that Node had read by then wait, and beyond 256 the connection is
 * cut.
 *
 * @param onCut Called for each connection that is cut.
 */
export function limitOpenRequests(listener: RequestListener, onCut: () => void): RequestListener {
  const lines = new WeakMap<Socket, Line>();

  /** Handles a request that did not wait for the answer before it. */
  const takePipelined = (line: Line, request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    if (line.open === 0) countOpen(socket, line, line.last, listener);
    line.last = response;
    if (line.open < MAX_OPEN) {
      countOpen(socket, line, response, listener);
      return listener(request, response);
    }
    // Node still passes on the requests that it has read from a connection that is cut.
    if (socket.destroyed) return;
    if (line.waiting.length >= MAX_WAITING) {
      line.waiting.length = 0;
      socket.destroy();
      return onCut();
    }
    line.waiting.push([request, response]);
    socket.pause();
  };

  return (request, response) => {
    const line = lines.get(request.socket);
    // Nearly every request is the only open one of its connection, and costs only a check of the previous answer.
    if (line && !(line.open === 0 && line.last.writableFinished))
      return takePipelined(line, request, response);
    if (line) line.last = response;
    else lines.set(request.socket, { last: response, open: 0, waiting: [] });
    listener(request, response);
  };
}

/** Counts a request as open until it is answered; then the next one that waits is passed on to `listener`. */
function countOpen(socket: Socket, line: Line, response: ServerResponse, listener: RequestListener): void {
  line.open += 1;
  response.once("close", () => {
    line.open -= 1;
    if (socket.destroyed) line.waiting.length = 0;
    const next = line.waiting.shift();
    if (next) {
      countOpen(socket, line, next[1], listener);
      listener(...next);
    } else if (socket.isPaused()) socket.resume();
  });
}
