"use client";

/**
 * Bindings for React Router with `<Routes>` or `useRoutes`, 6.4 and newer: page views by route pattern. The provider
 * needs `pageViews="manual"`.
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
 * `useRoutes` that counts a view for each path of the URL. A change of query or hash is not a view.
 *
 * For the outermost routes of an app. The part of a path that nested routes match stays `*` in the pattern.
 */
export function useMetricsRoutes(routes: RouteObject[], location?: RoutesProps["location"]): ReactNode {
  const { pathname } = useLocation();
  useRouteView(reactRouterPattern(matchRoutes(routes, pathname)), pathname);
  return useRoutes(routes, location);
}

/** `<Routes>` that count a view for each path of the URL. For the outermost routes, like `useMetricsRoutes`. */
export function MetricsRoutes({ children, location }: RoutesProps): ReactNode {
  return useMetricsRoutes(createRoutesFromElements(children), location);
}
