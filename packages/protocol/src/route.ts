/** The route of a path that no pattern matches. */
export const UNMATCHED_ROUTE = "unmatched";

/**
 * Compiles route patterns into a matcher of paths: the first pattern that matches, or `UNMATCHED_ROUTE`.
 *
 * `:name` stands for one segment and a last `*` for any number of them; a slash at the end does not count.
 * A pattern matches itself, so the page may send either a path or a pattern.
 */
export function createRouteMatcher<Route extends string>(
  patterns: readonly Route[],
): (path: string) => Route | typeof UNMATCHED_ROUTE {
  const compiled = patterns.map((pattern) => ({ pattern, segments: toSegments(pattern) }));
  return (path) => {
    const segments = toSegments(path);
    return compiled.find((route) => matches(route.segments, segments))?.pattern ?? UNMATCHED_ROUTE;
  };
}

function toSegments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const splat = pattern.at(-1) === "*";
  const fixed = splat ? pattern.slice(0, -1) : pattern;
  if (splat ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((segment, index) => segment.startsWith(":") || segment === path[index]);
}
