"use client";

/**
 * Bindings for the App Router of Next.js: page views by route pattern. The provider needs `pageViews="manual"`.
 *
 * @module
 */
import { useParams, usePathname } from "next/navigation.js";
import type { ReactNode } from "react";
import { useRouteView } from "./useRouteView.ts";

/**
 * Counts a view for each path that Next shows. Renders nothing. Place it in the root layout, inside the provider.
 *
 * Next provides path and params, but no pattern. If the params fit the path in exactly one way, that gives the pattern:
 * `/users/1` with `{ id: "1" }` is `/users/:id`. If they fit in several ways (`/users/users`) or not at all (a rewritten
 * path), the path is sent, and the collector finds its pattern in the catalog.
 */
export function RouteMetrics(): ReactNode {
  // Both are null below the Pages Router.
  const path: string | null = usePathname();
  const params: Params | null = useParams();
  useRouteView(path === null ? undefined : patternOf(path, params ?? {}), path);
  return null;
}

type Params = Readonly<Record<string, string | readonly string[] | undefined>>;
type Param = readonly [name: string, value: string | readonly string[]];

function patternOf(path: string, params: Params): string {
  const given = Object.entries(params).filter((param): param is [string, string] => param[1] !== undefined);
  // With `trailingSlash`, the path ends with a slash, which is not a segment.
  const patterns = layParams(path.replace(/\/$/, "").split("/").slice(1), given);
  return patterns.length === 1 ? patterns[0] || "/" : path;
}

/** Returns all patterns of the segments with the params. Next lists the params in the order of the path. */
function layParams(segments: readonly string[], params: readonly Param[]): string[] {
  const [param, ...laterParams] = params;
  if (!param) return [segments.map((segment) => `/${segment}`).join("")];
  const [segment, ...later] = segments;
  if (segment === undefined) return [];
  const [name, value] = param;
  const patterns = layParams(later, params).map((rest) => `/${segment}${rest}`);
  if (isSame(value, segment))
    patterns.push(...layParams(later, laterParams).map((rest) => `/:${name}${rest}`));
  // A catch-all matches the rest of the path.
  if (typeof value !== "string" && isSame(value.join("/"), segments.join("/"))) patterns.push("/*");
  return patterns;
}

/**
 * Returns true if a param equals this part of the path. The path is as in the address bar (`@bob`). Next.js 14 to 16
 * encode params more strictly than `encodeURI` (`%40bob`), or leave an existing encoding.
 */
function isSame(value: unknown, part: string): boolean {
  return typeof value === "string" && (value === part || decode(value) === decode(part));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A single "%".
    return text;
  }
}
