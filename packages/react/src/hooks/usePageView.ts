"use client";

import type { Catalog, RouteOf } from "@rumkit/browser";
import { useEarlyEffect } from "../effects/useEarlyEffect.ts";
import { useMetrics } from "../context/useMetrics.ts";
import { useOnce } from "../effects/useOnce.ts";

/**
 * Counts a view of a route each time the component mounts, and each time `route` or `key` changes.
 *
 * For apps that name their views. Give the provider `pageViews="manual"`, or each view counts twice. `key` distinguishes
 * views of one route, for example by their path; default `""`. Events that effects of the same commit report have the new
 * route.
 */
export function usePageView<C extends Catalog = Catalog>(route: RouteOf<C>, key = ""): void {
  const { trackPageView } = useMetrics<C>();
  const once = useOnce();
  // Counts again only for another view or a return of the component, not on each commit.
  // oxlint-disable-next-line react/exhaustive-deps -- `once` is a new function on each render with the same effect.
  useEarlyEffect(() => once(`${route}\n${key}`, () => trackPageView(route)), [route, key, trackPageView]);
}
