"use client";

/**
 * React Router with `<Routes>` or `useRoutes`, 6.4 and newer: page views by route pattern. The provider needs
 * `pageViews="manual"`.
 *
 * @module
 */
import type { ReactNode } from "react";
import {
  createRoutesFromElements,
  matchRoutes,
  type RouteObject,
  type RoutesProps,
  useLocation,
  useRoutes,
} from "react-router";
import { reactRouterPattern } from "./reactRouterPattern.ts";
import { useRouteView } from "./useRouteView.ts";

/**
 * `useRoutes` that counts a view with each path of the address; a change of query or hash is no view.
 *
 * For the outermost routes of an app: what routes further below match stays the `*` of the pattern.
 */
export function useMetricsRoutes(routes: RouteObject[], location?: RoutesProps["location"]): ReactNode {
  const { pathname } = useLocation();
  useRouteView(reactRouterPattern(matchRoutes(routes, pathname)), pathname);
  return useRoutes(routes, location);
}

/** `<Routes>` that count a view with each path of the address. As `useMetricsRoutes`, for the outermost. */
export function MetricsRoutes({ children, location }: RoutesProps): ReactNode {
  return useMetricsRoutes(createRoutesFromElements(children), location);
}
