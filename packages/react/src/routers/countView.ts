import type { Metrics } from "@rumkit/browser";

/** The part of a client that router bindings need. */
export interface ViewClient {
  readonly trackPageView: (route: never) => void;
  /** If missing, errors of the router are not counted. */
  readonly trackError?: Metrics["trackError"];
}

/** Path of the last view, by client. */
const lastPaths = new WeakMap<ViewClient, string>();

/**
 * Counts a view of a route, unless the client's last view had the same path: routers report a navigation more than once,
 * StrictMode runs effects twice, and a change of query or hash is not a view.
 */
export function countView(client: ViewClient, route: string, path: string): void {
  if (lastPaths.get(client) === path) return;
  lastPaths.set(client, path);
  client.trackPageView(route as never);
}
