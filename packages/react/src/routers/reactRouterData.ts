"use client";

/**
 * React Router with a data router, 6.4 and newer (`createBrowserRouter`, or framework mode): page views by route
 * pattern, and what goes wrong in routes. The provider needs `pageViews="manual"`.
 *
 * @module
 */
import type { ReactNode } from "react";
import { countRenderError } from "../errors/countRenderError.ts";
import { countView, type ViewClient } from "./countView.ts";
import { type RouteMatch, reactRouterPattern } from "./reactRouterPattern.ts";
import { useLastingEffect } from "../effects/useLastingEffect.ts";
import { useMetrics } from "../context/useMetrics.ts";

interface RouterState {
  readonly initialized: boolean;
  readonly location: { readonly pathname: string };
  readonly matches: readonly RouteMatch[];
  /** What loaders, actions and lazy routes threw, by route. */
  readonly errors?: Readonly<Record<string, unknown>> | null;
}

/** What `createBrowserRouter` and its like return, in every version. */
export interface DataRouter {
  readonly state: RouterState;
  readonly subscribe: (listener: (state: RouterState) => void) => () => void;
}

/** The errors that were counted last, by client. A router keeps the object until a navigation brings another. */
const lastErrors = new WeakMap<ViewClient, object>();

/**
 * Counts the view that the router shows, and every one that it navigates to once that is loaded; a change of
 * query or hash is no view. Counts what loaders, actions and lazy routes throw: errors, and no responses. For a client
 * outside of React. Returns what ends it. Never throws.
 */
export function trackRouter(router: DataRouter, client: ViewClient): () => void {
  function count({ initialized, location, matches, errors }: RouterState): void {
    // Before that, a loader may still redirect.
    if (!initialized) return;
    countView(client, reactRouterPattern(matches), location.pathname);
    // After the view: they are errors of the page that shows them.
    if (!errors || lastErrors.get(client) === errors) return;
    lastErrors.set(client, errors);
    for (const error of Object.values(errors)) countRenderError(client, error);
  }
  count(router.state);
  return router.subscribe(count);
}

/**
 * `trackRouter` for the client of the closest provider. Renders nothing; stands before `<RouterProvider>`.
 *
 * In framework mode there is no `router` to give: without it, this takes the one that React Router has made for the page.
 * It stands in the `Layout` of `root.tsx` then.
 */
export function RouteMetrics({ router }: { readonly router?: DataRouter }): ReactNode {
  const metrics = useMetrics();
  useLastingEffect(() => {
    const used = router ?? pageRouter();
    return used && trackRouter(used, metrics);
  }, [router, metrics]);
  return null;
}

/** React Router 7 and 8 keep it here for their own development tools and server components. */
function pageRouter(): DataRouter | undefined {
  return (window as unknown as Record<string, DataRouter | undefined>)["__reactRouterDataRouter"];
}
