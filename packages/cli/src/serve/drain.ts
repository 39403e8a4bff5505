import { once } from "node:events";
import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
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
  /**
   * True if no other process has the listening socket, so that waiting connections are lost when this process closes
   * it.
   */
  readonly ownsSocket: boolean;
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
export async function drain({
  server,
  collector,
  ownsSocket,
  delayMs,
  timeoutMs,
}: DrainOptions): Promise<boolean> {
  collector.drain();
  await wait(delayMs);
  const deadline = AbortSignal.timeout(timeoutMs);
  const isOver = once(deadline, "abort");
  const closed = once(server, "close");
  server.prependListener("request", (_request, response) => {
    response.shouldKeepAlive = false;
  });
  if (ownsSocket) shrinkBacklog(server);
  await waitForEmptyAcceptQueue(server);
  // The `close` of an HTTP server would close idle connections, and reset requests that are on their way.
  NetServer.prototype.close.call(server);
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

/**
 * Lets at most one connection wait to be accepted. The kernel drops the first packet of others, so their clients try
 * again after a second and reach the next process, if any. Established connections that wait would be reset when the
 * socket closes. (With 32 visitors that open a connection every millisecond or two: 415 resets in 24 shutdowns without
 * this, 2 with it.)
 *
 * It calls `listen(2)` again, for which Node has no API. If the handle does not support that, nothing changes.
 */
function shrinkBacklog(server: Server): void {
  const { _handle: handle } = server as {
    readonly _handle?: { readonly listen?: (backlog: number) => number };
  };
  handle?.listen?.(0);
}

/** Max turns of the event loop to wait for a quiet one, because connections may never stop arriving. */
const MOST_TURNS = 200;

/** Milliseconds. In a turn that took longer, a client may have connected after the loop had polled. */
const QUIET_TURN_MS = 0.2;

/**
 * Resolves right after a turn of the event loop that only emptied the accept queue. A connection that is not accepted
 * would be reset when the socket closes, unless systemd or the supervisor keeps the socket open. One connection may
 * still arrive after that turn.
 */
async function waitForEmptyAcceptQueue(server: Server): Promise<void> {
  let accepted = 0;
  const onConnection = (): void => void (accepted += 1);
  server.on("connection", onConnection);
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const before = accepted;
    const startedAt = performance.now();
    await nextTurn();
    if (accepted === before && performance.now() - startedAt < QUIET_TURN_MS) break;
  }
  server.off("connection", onConnection);
}
