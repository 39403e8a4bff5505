import type { IncomingMessage, Server } from "node:http";

const open = new WeakMap<Server, Set<IncomingMessage>>();

/** Remembers the requests of a server that are not answered yet. */
export function watchRequests(server: Server): void {
  const requests = new Set<IncomingMessage>();
  open.set(server, requests);
  server.on("request", (request, response) => {
    requests.add(request);
    response.once("close", () => requests.delete(request));
  });
}

/** True while a request that came whole is not answered. One that never came whole has a sender that dawdles. */
export function isAnswering(server: Server): boolean {
  for (const { complete } of open.get(server) ?? []) if (complete) return true;
  return false;
}
