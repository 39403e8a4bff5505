import { once } from "node:events";
import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import type { Catalog } from "@rumkit/protocol";
import { isAnswering } from "./openRequests.ts";
import type { Collector } from "@rumkit/server";
import { endBodies } from "@rumkit/server/internal/serve";

/**
 * Milliseconds that kept connections stay open after the listening ended: a request in that time gets an
 * answer with `Connection: close`, and a connection that stays idle is closed. Closed at once, a request that is on
 * its way would be reset.
 */
const LAME_DUCK_MS = 500;

/** Milliseconds between two checks for connections whose last answer is out. */
const SWEEP_MS = 20;

/** The share of the shutdown time that slow senders may take. */
const SLOW_SHARE = 1 / 2;

/** Milliseconds from the answer to a slow sender to the end of its connection. */
const READ_MS = 100;

export interface DrainOptions {
  readonly server: Server;
  readonly collector: Pick<Collector<Catalog>, "drain" | "stop">;
  /** True where no other process has the listening socket: connections that wait in it are lost with ours. */
  readonly ownsSocket: boolean;
  /** Milliseconds from "not ready" to the end of accepting. */
  readonly delayMs: number;
  /** Milliseconds that everything after that may take. */
  readonly timeoutMs: number;
}

/**
 * Ends a server without losing what was sent to it: it stops being ready, accepts no new connections, answers the
 * requests that came, and closes the journal. Resolves with true where all of it was done in time; else the rest is cut.
 *
 * An incomplete request does not hold up the end: after half of the time its body is answered with 503, so that it is
 * sent again, and its connection is cut, as is one whose head never comes.
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
  // The `close` of an HTTP server would cut connections that rest, with the request that is on its way to them.
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

/** Answers bodies that are still on their way after `ms`, and ends their connections once all others are answered. */
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
  // It ends with the server, which rejects what it waits for.
  cut().catch(() => {});
  return over;
}

/**
 * Lets one connection at most wait to be accepted: the kernel drops the first packet of any other, whose sender
 * tries again after a second and finds the next process, or none. A connection that was made and waits would
 * be reset when the socket closes. (Under 32 visitors with a new connection every millisecond or two: 415 resets
 * in 24 shutdowns without, 2 with.)
 *
 * It calls `listen(2)` once more, for which Node has no API; where its handle cannot do that, nothing changes.
 */
function shrinkBacklog(server: Server): void {
  const { _handle: handle } = server as {
    readonly _handle?: { readonly listen?: (backlog: number) => number };
  };
  handle?.listen?.(0);
}

/** Max turns of the event loop to wait for a quiet one: connections may never stop coming. */
const MOST_TURNS = 200;

/** Milliseconds. In a turn that took longer, a client may have connected after the loop had polled. */
const QUIET_TURN_MS = 0.2;

/**
 * Resolves right after a turn of the loop that emptied the accept queue and did nothing else. A connection that is
 * not accepted yet would be reset when the socket closes, unless systemd or the supervisor keeps it open. Between
 * that turn and the end one connection may still come.
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
