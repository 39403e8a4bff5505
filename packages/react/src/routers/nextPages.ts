"use client";

/**
 * Bindings for the Pages Router of Next.js: page views by route pattern. The provider needs `pageViews="manual"`.
 *
 * @module
 */
import { useRouter } from "next/router.js";
import type { ReactNode } from "react";
import { useRouteView } from "./useRouteView.ts";

/**
 * Counts a view for each path that Next shows. Renders nothing. Place it in `_app`, inside the provider.
 *
 * `/users/[id]` becomes `/users/:id`. `/files/[...path]` and `/files/[[...path]]` become `/files/*`.
 */
export function RouteMetrics(): ReactNode {
  const { asPath, isReady, pathname } = useRouter();
  // Until it is ready, the path of a statically optimized page is its pattern.
  useRouteView(isReady ? patternOf(pathname) : undefined, asPath.split(/[?#]/)[0]!);
  return null;
}

function patternOf(pathname: string): string {
  if (pathname === "/404" || pathname === "/_error") return "/*";
  return pathname.replace(/\[?\[\.\.\.[^\]]+\]\]?/, "*").replace(/\[([^\]]+)\]/g, ":$1");
}
