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

/** True while a complete request is not answered. Incomplete requests of slow senders do not count. */
export function isAnswering(server: Server): boolean {
  for (const { complete } of open.get(server) ?? []) if (complete) return true;
  return false;
}
