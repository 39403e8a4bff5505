"use client";

/**
 * TanStack Router: page views by route pattern. The provider needs `pageViews="manual"`.
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
 * Counts the view that the router shows, and every one that it navigates to once that is loaded; a change of
 * search or hash is no view. Counts what loaders and `beforeLoad` throw: errors, no redirects, nothing that is not found.
 * For a client outside of React. Returns what ends it. Never throws.
 */
export function trackRouter(router: AnyRouter, client: ViewClient): () => void {
  function count({ pathname }: { pathname: string }): void {
    const matches = router.state.matches as Match[];
    countView(client, patternOf(matches.at(-1)!, pathname), pathname);
    // After the view: they are errors of the page that shows them.
    // A primitive could not be known again: the router throws each of them to `defaultOnCatch` too.
    for (const { error } of matches) if (Object(error) === error) countRenderError(client, error);
  }
  const { resolvedLocation } = router.state;
  if (resolvedLocation) count(resolvedLocation);
  // The first is early enough for effects of the new page; it may be over for who subscribes during a load.
  const ends = (["onBeforeRouteMount", "onResolved"] as const).map((event) =>
    router.subscribe(event, ({ toLocation }) => count(toLocation)),
  );
  return () => ends.forEach((end) => end());
}

/**
 * `trackRouter` for the client of the closest provider. Renders nothing; stands before `<RouterProvider>`.
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

/** `$id`, `post-{$id}.html`, `$` for all that is left, `{-$lang}` for what the path may leave out. */
const PARAM = /\/[^/$]*?(-?)\$(\w*)[^/]*/g;

/** `/users/:id` of `/users/$id`, `/files/*` of `/files/$`. */
function patternOf({ fullPath, pathname, params }: Match, path: string): string {
  // What no route matches in full is shown by the closest one above it.
  if (depthOf(pathname) < depthOf(path)) return "/*";
  const pattern = fullPath.replace(PARAM, (_, optional: string, name: string) => {
    if (!name) return "/*";
    return optional && !params[name] ? "" : `/:${name}`;
  });
  return pattern.replace(/\/$/, "") || "/";
}

/** The number of segments. */
function depthOf(path: string): number {
  return path.split("/").filter(Boolean).length;
}
