import { once } from "node:events";
import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { setImmediate as nextTurn, setTimeout as wait } from "node:timers/promises";
import type { Catalog } from "@rumkit/protocol";
import { isAnswering } from "./openRequests.ts";
import type { Collector } from "@rumkit/server";
import { endBodies } from "@rumkit/server/internal/serve";

/**
 * Milliseconds that kept connections stay open after the listening ended: whoever asks in that time gets an
 * answer with `Connection: close`, and what rests longer is closed. Cut at once, a request that is on its way
 * would be reset.
 */
const LAME_DUCK_MS = 500;

/** Milliseconds between two looks for connections whose last answer is out. */
const SWEEP_MS = 20;

/** Of the time that the end may take, what a sender that dawdles may hold it up. */
const DAWDLE_SHARE = 1 / 2;

/** Milliseconds from the answer to a sender that dawdles to the end of its connection. */
const READ_MS = 100;

export interface DrainOptions {
  readonly server: Server;
  readonly collector: Pick<Collector<Catalog>, "drain" | "stop">;
  /** True where nobody else has the listening socket: what waits in it is lost with us. */
  readonly ownsSocket: boolean;
  /** Milliseconds from "not ready" to the end of accepting. */
  readonly delayMs: number;
  /** Milliseconds that everything after that may take. */
  readonly timeoutMs: number;
}

/**
 * Ends a server without losing what was sent to it: not ready, no new connections, answers for what came, the
 * journal closed. True where everything was done in time; else what is left is cut.
 *
 * A request that never comes whole holds up nobody: half-way its body is answered with 503, so that it is sent again,
 * and its connection is cut, as is one whose head never comes.
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
  if (ownsSocket) keepNobodyWaiting(server);
  await untilNobodyKnocks(server);
  // The `close` of an HTTP server would cut connections that rest, with the request that is on its way to them.
  NetServer.prototype.close.call(server);
  await Promise.race([closed, wait(LAME_DUCK_MS)]);
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const stopped = collector.stop();
  const dawdlers = cutDawdlers(server, stopped, timeoutMs * DAWDLE_SHARE);
  await Promise.race([stopped.then(() => closed), isOver]);
  clearInterval(sweep);
  dawdlers.abort();
  server.closeAllConnections();
  return !deadline.aborted;
}

/** Answers bodies that are still on their way after `ms`, and ends their connections once all others are answered. */
function cutDawdlers(server: Server, stopped: Promise<void>, ms: number): AbortController {
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
 * tries again after a second and finds the next process, or nobody. A connection that was made and waits would
 * be reset when the socket closes. (Under 32 visitors with a new connection every millisecond or two: 415 resets
 * in 24 ends without, 2 with.)
 *
 * It is `listen(2)` once more, which Node has no name for; where its own handle cannot do it, all stays as it is.
 */
function keepNobodyWaiting(server: Server): void {
  const { _handle: handle } = server as {
    readonly _handle?: { readonly listen?: (backlog: number) => number };
  };
  handle?.listen?.(0);
}

/** Turns of the event loop that are waited for a quiet one: connections may never stop coming. */
const MOST_TURNS = 200;

/** Milliseconds. In a turn that took longer, somebody may have connected after the loop had looked. */
const QUIET_TURN_MS = 0.2;

/**
 * Resolves right after a turn of the loop that accepted everybody and did nothing else. Who has connected and
 * is not accepted yet would be reset when the socket closes; systemd and the supervisor keep it open, so there
 * nobody is. Between that turn and the end one connection may still come.
 */
async function untilNobodyKnocks(server: Server): Promise<void> {
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
