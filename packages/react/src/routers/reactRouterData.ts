"use client";

/**
 * Bindings for React Router with a data router, 6.4 and newer (`createBrowserRouter`, or framework mode): page views by
 * route pattern, and errors of routes. The provider needs `pageViews="manual"`.
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
  /** Values thrown by loaders, actions and lazy routes, by route. */
  readonly errors?: Readonly<Record<string, unknown>> | null;
}

/** The result of `createBrowserRouter` and similar functions, in all versions. */
export interface DataRouter {
  readonly state: RouterState;
  readonly subscribe: (listener: (state: RouterState) => void) => () => void;
}

/** Last counted errors, by client. A router keeps the same object until the next navigation. */
const lastErrors = new WeakMap<ViewClient, object>();

/**
 * Counts the current view of the router, and each further view once it is loaded. A change of query or hash is not a
 * view. Also counts errors, but not responses, that loaders, actions and lazy routes throw. For a client outside React.
 * Returns a function that ends the tracking. Never throws.
 */
export function trackRouter(router: DataRouter, client: ViewClient): () => void {
  function count({ initialized, location, matches, errors }: RouterState): void {
    // Before initialization, a loader may still redirect.
    if (!initialized) return;
    countView(client, reactRouterPattern(matches), location.pathname);
    // After the view, because the errors belong to the page that shows them.
    if (!errors || lastErrors.get(client) === errors) return;
    lastErrors.set(client, errors);
    for (const error of Object.values(errors)) countRenderError(client, error);
  }
  count(router.state);
  return router.subscribe(count);
}

/**
 * Runs `trackRouter` with the client of the closest provider. Renders nothing. Place it before `<RouterProvider>`.
 *
 * Framework mode exposes no router. Without `router`, this component uses the router that React Router created for the
 * page. Place it in the `Layout` of `root.tsx` then.
 */
export function RouteMetrics({ router }: { readonly router?: DataRouter }): ReactNode {
  const metrics = useMetrics();
  useLastingEffect(() => {
    const used = router ?? pageRouter();
    return used && trackRouter(used, metrics);
  }, [router, metrics]);
  return null;
}

/** Returns the page's router. React Router 7 and 8 keep it here for their development tools and server components. */
function pageRouter(): DataRouter | undefined {
  return (window as unknown as Record<string, DataRouter | undefined>)["__reactRouterDataRouter"];
}
