"use client";

/**
 * React Router with a data router (`createBrowserRouter`), 6.4 and newer: page views by route pattern. The
 * provider needs `pageViews="manual"`.
 *
 * @module
 */
import type { ReactNode } from "react";
import { countView, type ViewClient } from "./countView.ts";
import { type RouteMatch, reactRouterPattern } from "./reactRouterPattern.ts";
import { useLastingEffect } from "./useLastingEffect.ts";
import { useMetrics } from "./useMetrics.ts";

interface RouterState {
  readonly initialized: boolean;
  readonly location: { readonly pathname: string };
  readonly matches: readonly RouteMatch[];
}

/** What `createBrowserRouter` and its like return, in every version. */
export interface DataRouter {
  readonly state: RouterState;
  readonly subscribe: (listener: (state: RouterState) => void) => () => void;
}

/**
 * Counts the view that the router shows, and every one that it navigates to once that is loaded; a change of
 * query or hash is no view. For a client outside of React. Returns what ends it. Never throws.
 */
export function trackRouter(router: DataRouter, client: ViewClient): () => void {
  function count({ initialized, location, matches }: RouterState): void {
    // Before that, a loader may still redirect.
    if (initialized) countView(client, reactRouterPattern(matches), location.pathname);
  }
  count(router.state);
  return router.subscribe(count);
}

/**
 * `trackRouter` for the client of the closest provider. Renders nothing; stands before `<RouterProvider>`.
 */
export function RouteMetrics({ router }: { readonly router: DataRouter }): ReactNode {
  const metrics = useMetrics();
  useLastingEffect(() => trackRouter(router, metrics), [router, metrics]);
  return null;
}
