import type { Metrics } from "@rumkit/browser";

/** A client of any catalog, as far as a router's binding needs it. */
export interface ViewClient {
  readonly trackPageView: (route: never) => void;
  /** Without it, errors of the router are not counted. */
  readonly trackError?: Metrics["trackError"];
}

/** The path of the last view, by client. */
const lastPaths = new WeakMap<ViewClient, string>();

/**
 * Counts a view of a route, unless the client's last view was of this very path: routers tell of one navigation
 * more than once, StrictMode runs effects twice, and a change of query or hash is no view.
 */
export function countView(client: ViewClient, route: string, path: string): void {
  if (lastPaths.get(client) === path) return;
  lastPaths.set(client, path);
  client.trackPageView(route as never);
}
