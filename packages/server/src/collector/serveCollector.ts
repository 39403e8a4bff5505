import { createServer, type Server } from "node:http";
import type { Catalog } from "@rumkit/protocol";
import type { Collector } from "./collector.ts";
import { continueWhenRead, refuseAmbiguous } from "../http/httpRules.ts";
import type { Fetch } from "../http/directBody.ts";
import {
  cutSample,
  giveUploadsTime,
  limitOpenRequests,
  limitRequestsPerSocket,
  MAX_REQUESTS_PER_SOCKET,
  recordOf,
  SERVER_LIMITS,
} from "../http/serverLimits.ts";

export interface ServeCollectorOptions {
  readonly collector: Pick<Collector<Catalog>, "app" | "nodeListener" | "attachWebSocket">;
  /** Answers every request but `/collect`. Default the collector's own routes: `collector.app.fetch`. */
  readonly fetch?: Fetch;
  /** The path of the collector in the app of `fetch`. Default its root. */
  readonly basePath?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  /** Default `127.0.0.1`: other machines cannot reach it. */
  readonly hostname?: string;
}

/**
 * Serves a collector, and the app that it is mounted in, by `node:http`: `/collect` on the fastest path, with limits
 * on each sender. The server does not listen yet when this returns: wait for its `listening` event.
 *
 * @example
 * const server = serveCollector({ collector, fetch: app.fetch, port: 4000 });
 */
export function serveCollector({
  collector,
  fetch,
  basePath = "",
  port = 0,
  hostname = "127.0.0.1",
}: ServeCollectorOptions): Server {
  const answer = refuseAmbiguous(collector.nodeListener(fetch, { basePath }));
  const listener = limitOpenRequests(answer, () => recordOf(collector)(cutSample("pipelined")));
  const server = createServer(SERVER_LIMITS, listener);
  giveUploadsTime(server);
  continueWhenRead(server);
  limitRequestsPerSocket(server, MAX_REQUESTS_PER_SOCKET);
  collector.attachWebSocket(server, { basePath });
  server.listen(port, hostname);
  return server;
}
