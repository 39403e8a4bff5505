"use client";

/**
 * Next.js with the Pages Router: page views by route pattern. The provider needs `pageViews="manual"`.
 *
 * @module
 */
import { useRouter } from "next/router.js";
import type { ReactNode } from "react";
import { useRouteView } from "./useRouteView.ts";

/**
 * Counts a view with each path that Next shows. Renders nothing; stands in `_app`, inside of the provider.
 *
 * `/users/[id]` is `/users/:id`, `/files/[...path]` and `/files/[[...path]]` are `/files/*`.
 */
export function RouteMetrics(): ReactNode {
  const { asPath, isReady, pathname } = useRouter();
  // Until it is ready, a statically optimised page has its pattern for a path.
  useRouteView(isReady ? patternOf(pathname) : undefined, asPath.split(/[?#]/)[0]!);
  return null;
}

function patternOf(pathname: string): string {
  if (pathname === "/404" || pathname === "/_error") return "/*";
  return pathname.replace(/\[?\[\.\.\.[^\]]+\]\]?/, "*").replace(/\[([^\]]+)\]/g, ":$1");
}
