import { once } from "node:events";
import type { Server } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import type { Catalog } from "@rumkit/protocol";
import { isAnswering } from "./openRequests.ts";
import type { Collector } from "@rumkit/server";
import { endBodies } from "@rumkit/server/internal/serve";

/**
 * Milliseconds that idle connections stay open after the server stopped listening. A request in that time gets an
 * answer with `Connection: close`; then idle connections are closed. Closing them at once would reset requests that are
 * on their way.
 */
const LAME_DUCK_MS = 500;

/** Milliseconds between two checks for connections whose last answer was sent. */
const SWEEP_MS = 20;

/** The fraction of the shutdown time that slow senders may take. */
const SLOW_SHARE = 1 / 2;

/** Milliseconds from the answer to a slow sender to the end of its connection. */
const READ_MS = 100;

export interface DrainOptions {
  readonly server: Server;
  readonly collector: Pick<Collector<Catalog>, "drain" | "stop">;
  /** Milliseconds between "not ready" and the end of accepting. */
  readonly delayMs: number;
  /** Milliseconds that the rest of the shutdown may take. */
  readonly timeoutMs: number;
}

/**
 * Shuts a server down without losing requests: it stops being ready, accepts no new connections, answers the requests
 * that have arrived, and closes the journal. Resolves with true if all of that finished in time; otherwise the rest is
 * cut off.
 *
 * An incomplete request does not delay the shutdown. After half of the time it is answered with 503, so that it is
 * sent again, and its connection is cut, like a connection whose request head never arrives.
 */
export async function drain({ server, collector, delayMs, timeoutMs }: DrainOptions): Promise<boolean> {
  collector.drain();
  await wait(delayMs);
  const deadline = AbortSignal.timeout(timeoutMs);
  const isOver = once(deadline, "abort");
  const closed = once(server, "close");
  server.prependListener("request", (_request, response) => {
    response.shouldKeepAlive = false;
  });
  const held = await emptyAcceptQueue(server);
  // The `close` of an HTTP server would close idle connections, and reset requests that are on their way.
  NetServer.prototype.close.call(server);
  for (const socket of held) socket.resume();
  await Promise.race([closed, wait(LAME_DUCK_MS)]);
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const stopped = collector.stop();
  const slowSenders = cutSlowSenders(server, stopped, timeoutMs * SLOW_SHARE);
  await Promise.race([stopped.then(() => closed), isOver]);
  clearInterval(sweep);
  slowSenders.abort();
  server.closeAllConnections();
  return !deadline.aborted;
}

/** After `ms`, answers requests with incomplete bodies, and closes their connections once all others are answered. */
function cutSlowSenders(server: Server, stopped: Promise<void>, ms: number): AbortController {
  const over = new AbortController();
  const { signal } = over;
  const cut = async (): Promise<void> => {
    await wait(ms, undefined, { signal });
    endBodies(server);
    await stopped;
    while (isAnswering(server)) await wait(SWEEP_MS, undefined, { signal });
    await wait(READ_MS, undefined, { signal });
    server.closeAllConnections();
  };
  // Ends with the server, which rejects the awaited promise.
  cut().catch(() => {});
  return over;
}

/** Max turns of the event loop to wait for a quiet one, because connections may never stop arriving. */
const MOST_TURNS = 200;

/** Milliseconds. In a turn that took longer, a client may have connected after the loop had polled. */
const QUIET_TURN_MS = 0.2;

/**
 * Resolves right after a turn of the event loop that only emptied the accept queue, with the connections that were
 * accepted meanwhile. A connection that is not accepted would be reset when the socket closes, unless systemd or the
 * supervisor keeps the socket open. After that turn one may still arrive, or a few if the process has to wait for a processor.
 *
 * The new connections are paused. Reading their requests would make every turn long, and clients that get an answer
 * connect again, so no turn would be quiet.
 */
async function emptyAcceptQueue(server: Server): Promise<readonly Socket[]> {
  const held: Socket[] = [];
  const hold = (socket: Socket): void => {
    held.push(socket);
    // The server starts to read in the next tick.
    process.nextTick(() => socket.pause());
  };
  server.on("connection", hold);
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const before = held.length;
    const startedAt = performance.now();
    await nextTurn();
    if (held.length === before && performance.now() - startedAt < QUIET_TURN_MS) break;
  }
  server.off("connection", hold);
  return held;
}
