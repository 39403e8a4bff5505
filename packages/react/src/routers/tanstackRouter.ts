"use client";

/**
 * Bindings for TanStack Router: page views by route pattern. The provider needs `pageViews="manual"`.
 *
 * @module
 */
import type { AnyRouter } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { countRenderError } from "../errors/countRenderError.ts";
import { countView, type ViewClient } from "./countView.ts";
import { useLastingEffect } from "../effects/useLastingEffect.ts";
import { useMetrics } from "../context/useMetrics.ts";

/**
 * Counts the current view of the router, and each further view once it is loaded. A change of search or hash is not a
 * view. Also counts errors that loaders and `beforeLoad` throw, but not redirects or "not found". For a client outside
 * React. Returns a function that ends the tracking. Never throws.
 */
export function trackRouter(router: AnyRouter, client: ViewClient): () => void {
  function count({ pathname }: { pathname: string }): void {
    const matches = router.state.matches as Match[];
    countView(client, patternOf(matches.at(-1)!, pathname), pathname);
    // After the view, because the errors belong to the page that shows them. Skips primitives, which the client cannot
    // recognize: the router passes them to `defaultOnCatch` too.
    for (const { error } of matches) if (Object(error) === error) countRenderError(client, error);
  }
  const { resolvedLocation } = router.state;
  if (resolvedLocation) count(resolvedLocation);
  // The first event is early enough for effects of the new page, but may have passed if this subscribes during a load.
  const ends = (["onBeforeRouteMount", "onResolved"] as const).map((event) =>
    router.subscribe(event, ({ toLocation }) => count(toLocation)),
  );
  return () => ends.forEach((end) => end());
}

/**
 * Runs `trackRouter` with the client of the closest provider. Renders nothing. Place it before `<RouterProvider>`.
 */
export function RouteMetrics({ router }: { readonly router: AnyRouter }): ReactNode {
  const metrics = useMetrics();
  useLastingEffect(() => trackRouter(router, metrics), [router, metrics]);
  return null;
}

interface Match {
  readonly error: unknown;
  readonly fullPath: string;
  readonly pathname: string;
  readonly params: Readonly<Record<string, string | undefined>>;
}

/** Params of a path: `$id`, `post-{$id}.html`, `$` for the rest, `{-$lang}` if optional. */
const PARAM = /\/[^/$]*?(-?)\$(\w*)[^/]*/g;

/** Returns the pattern: `/users/:id` for `/users/$id`, `/files/*` for `/files/$`. */
function patternOf({ fullPath, pathname, params }: Match, path: string): string {
  // If no route matches the whole path, the router shows the closest parent.
  if (depthOf(pathname) < depthOf(path)) return "/*";
  const pattern = fullPath.replace(PARAM, (_, optional: string, name: string) => {
    if (!name) return "/*";
    return optional && !params[name] ? "" : `/:${name}`;
  });
  return pattern.replace(/\/$/, "") || "/";
}

/** Returns the number of segments. */
function depthOf(path: string): number {
  return path.split("/").filter(Boolean).length;
}
