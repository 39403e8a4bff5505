import { once } from "node:events";
import type { Server } from "node:http";
import { Server as NetServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Catalog } from "@rumkit/protocol";
import type { Collector } from "../createCollector.ts";

/**
 * Milliseconds that kept connections stay open after the listening ended: whoever asks in that time gets an
 * answer with `Connection: close`, and what rests longer is closed. Cut at once, a request that is on its way
 * would be reset.
 */
const LAME_DUCK_MS = 500;

/** Milliseconds between two looks for connections whose last answer is out. */
const SWEEP_MS = 20;

export interface DrainOptions {
  readonly server: Server;
  readonly collector: Pick<Collector<Catalog>, "drain" | "stop">;
  /** Milliseconds from "not ready" to the end of accepting. */
  readonly delayMs: number;
  /** Milliseconds that everything after that may take. */
  readonly timeoutMs: number;
}

/**
 * Ends a server without losing what was sent to it: not ready, no new connections, answers for what came, the
 * journal closed. True where everything was done in time; else what is left is cut.
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
  // The `close` of an HTTP server would cut connections that rest, with the request that is on its way to them.
  NetServer.prototype.close.call(server);
  await Promise.race([closed, wait(LAME_DUCK_MS)]);
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  const stopped = collector.stop().then(() => closed);
  await Promise.race([stopped, isOver]).finally(() => clearInterval(sweep));
  server.closeAllConnections();
  return !deadline.aborted;
}
