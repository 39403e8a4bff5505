"use client";

/**
 * Next.js with the App Router: page views by route pattern. The provider needs `pageViews="manual"`.
 *
 * @module
 */
import { useParams, usePathname } from "next/navigation.js";
import type { ReactNode } from "react";
import { useRouteView } from "./useRouteView.ts";

/**
 * Counts a view with each path that Next shows. Renders nothing; stands in the root layout, inside of the
 * provider.
 *
 * Next tells path and params, and no pattern. Where the params can be in the path in one way only, that is the
 * pattern: `/users/1` with `{ id: "1" }` is `/users/:id`. Where there are more (`/users/users`), or none (the
 * path was rewritten), the path itself is sent, and the collector finds its pattern in the catalogue.
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
  // With `trailingSlash` the path has one, which names no segment.
  const patterns = layParams(path.replace(/\/$/, "").split("/").slice(1), given);
  return patterns.length === 1 ? patterns[0] || "/" : path;
}

/** Every pattern that these segments have with these params, which Next gives in the order of the path. */
function layParams(segments: readonly string[], params: readonly Param[]): string[] {
  const [param, ...laterParams] = params;
  if (!param) return [segments.map((segment) => `/${segment}`).join("")];
  const [segment, ...later] = segments;
  if (segment === undefined) return [];
  const [name, value] = param;
  const patterns = layParams(later, params).map((rest) => `/${segment}${rest}`);
  if (isSame(value, segment))
    patterns.push(...layParams(later, laterParams).map((rest) => `/:${name}${rest}`));
  // A catch-all takes all that is left.
  if (typeof value !== "string" && isSame(value.join("/"), segments.join("/"))) patterns.push("/*");
  return patterns;
}

/**
 * Whether a param is this part of the path. The path stands as in the address bar (`@bob`), and Next.js 14 to 16 encode
 * the param once more than `encodeURI` would (`%40bob`), or as often as it was encoded already.
 */
function isSame(value: unknown, part: string): boolean {
  return typeof value === "string" && (value === part || decode(value) === decode(part));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone "%".
    return text;
  }
}
