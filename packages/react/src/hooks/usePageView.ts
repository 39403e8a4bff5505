"use client";

import type { Catalog, RouteOf } from "@rumkit/browser";
import { useEarlyEffect } from "../effects/useEarlyEffect.ts";
import { useMetrics } from "../context/useMetrics.ts";
import { useOnce } from "../effects/useOnce.ts";

/**
 * Counts a view of a route each time the component mounts, and each time `route` or `key` changes.
 *
 * For apps that name their views themselves: give the provider `pageViews="manual"`, or each view counts
 * twice. `key` tells views of one route apart: the path, say. Default `""`. What effects of the same commit
 * track is counted under the new route.
 */
export function usePageView<C extends Catalog = Catalog>(route: RouteOf<C>, key = ""): void {
  const { trackPageView } = useMetrics<C>();
  const once = useOnce();
  // Not with each commit: another view or a return of the component counts it again.
  // oxlint-disable-next-line react/exhaustive-deps -- `once` is another function with each render, and does the same.
  useEarlyEffect(() => once(`${route}\n${key}`, () => trackPageView(route)), [route, key, trackPageView]);
}
