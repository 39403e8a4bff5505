import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import type { Catalog } from "@rumkit/protocol";
import type { AnswerRequest } from "../http/collectRequest.ts";
import type { Count } from "../journal/count.ts";
import { type BasePaths, resolvePath } from "../part/basePaths.ts";
import type { PartRoute } from "../part/part.ts";
import { createEntries } from "../workers/entries.ts";
import { checkSocketPath, createLinkServer, listenOnSocket } from "../workers/linkServer.ts";
import type { Processes } from "../workers/processes.ts";
import type { Collector } from "./collector.ts";

export interface ServeWorkersOptions {
  readonly collector: Pick<Collector<Catalog>, "app" | "nodeListener" | "attachWebSocket">;
  /**
   * The path of a socket in a folder of this machine that only your user can write to: `/run/shop/rumkit.sock`, at most 103
   * bytes. It has the mode 0600: a process that can open it can count everything. In Windows a named pipe.
   */
  readonly socket: string;
}

/** The parts of a collector that its workers reach. */
interface Linked {
  readonly catalog: Pick<Catalog, "app">;
  readonly paths: BasePaths;
  readonly routes: readonly PartRoute[];
  readonly count: Count;
  /** Answers `/collect`. */
  readonly collect: AnswerRequest;
  readonly processes: Processes;
}

const links = new WeakMap<object, Linked>();

/** Lets `serveWorkers` reach the parts of a collector. */
export function shareLink(collector: object, linked: Linked): void {
  links.set(collector, linked);
}

/**
 * Lets the worker processes of this machine use the collector: each calls `connectCollector` with the same path. Resolves
 * when it listens; close the server to end it.
 *
 * Rejects if another process listens on the path, or if the path cannot be used.
 *
 * @example
 * const collector = createCollector({ catalog, journal });
 * await serveWorkers({ collector, socket: "/run/shop/rumkit.sock" });
 * for (let worker = 0; worker < 4; worker += 1) cluster.fork();
 */
export async function serveWorkers({ collector, socket }: ServeWorkersOptions): Promise<Server> {
  checkSocketPath(socket);
  const linked = links.get(collector);
  if (!linked) throw new TypeError("[rumkit] collector must come from createCollector of this package.");
  const { catalog, paths, routes, count, collect, processes } = linked;
  const epoch = randomUUID();
  const hello = {
    app: catalog.app,
    routes: routes.map((route) => ({ method: route.method, path: resolvePath(route, paths) })),
  };
  const server = createLinkServer(
    { epoch, hello: () => hello, take: processes.take, count: createEntries(count, epoch), collect },
    collector.nodeListener(),
  );
  collector.attachWebSocket(server);
  await listenOnSocket(server, socket);
  return server;
}
