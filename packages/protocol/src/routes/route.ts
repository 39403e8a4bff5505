import { decodeSegment } from "./decodeSegment.ts";

/** The route of a path that no pattern matches. */
export const UNMATCHED_ROUTE = "unmatched";

/**
 * Compiles route patterns into a matcher of paths: the first pattern that matches, or `UNMATCHED_ROUTE`.
 *
 * `:name` stands for one segment and a last `*` for any number of them; a slash at the end does not count. A pattern
 * matches itself, so the page may send either a path or a pattern. Letters count as the same whether they are
 * percent-encoded or not, on both sides: `/über` is `/%C3%BCber`. In a whole URL (an endpoint of another origin) the
 * origin is compared in the form that browsers write: `https://Bücher.example:443` is `https://xn--bcher-kva.example`.
 */
export function createRouteMatcher<Route extends string>(
  patterns: readonly Route[],
): (path: string) => Route | typeof UNMATCHED_ROUTE {
  const compiled = patterns.map((pattern) => compile(pattern));
  return (path) => {
    const segments = toSegments(path).map((segment) => decodeSegment(segment));
    return compiled.find((route) => matches(route, segments))?.pattern ?? UNMATCHED_ROUTE;
  };
}

interface Compiled<Route> {
  readonly pattern: Route;
  /** The segments before the `*`; undefined for a parameter. */
  readonly fixed: readonly (string | undefined)[];
  readonly hasSplat: boolean;
}

function compile<Route extends string>(pattern: Route): Compiled<Route> {
  const segments = toSegments(asSent(pattern));
  const hasSplat = segments[segments.length - 1] === "*";
  const fixed = segments
    .slice(0, hasSplat ? -1 : undefined)
    .map((segment) => (segment.startsWith(":") ? undefined : decodeSegment(segment)));
  return { pattern, fixed, hasSplat };
}

/** Returns a pattern with its origin in the form that browsers send. */
function asSent(pattern: string): string {
  if (!/^https?:/i.test(pattern)) return pattern;
  const [, address, path] = /^([^/]*\/\/[^/]*)(.*)$/.exec(pattern) ?? [];
  try {
    return new URL(address!).origin + path!;
  } catch {
    return pattern;
  }
}

function toSegments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

function matches({ fixed, hasSplat }: Compiled<string>, path: readonly string[]): boolean {
  if (hasSplat ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((segment, index) => segment === undefined || segment === path[index]);
}
