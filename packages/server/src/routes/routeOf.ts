import { type Catalog, createRouteMatcher, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { learnRoutes } from "./learnRoutes.ts";

/** Default for the maximum number of learned templates. */
const DEFAULT_LEARNED = 100;

/**
 * The maximum number of learned templates, 0 for none: the catalog's number, else 100 if no route is declared. If
 * routes are declared, an unknown path is more likely to come from a scanner than to be a forgotten route.
 */
export function learnedAtMost({ learnRoutes: learned }: Catalog, declared: readonly string[]): number {
  if (typeof learned === "object") return learned.max;
  return (learned ?? declared.length === 0) ? DEFAULT_LEARNED : 0;
}

/** Finds the route of a path: the first declared pattern that matches, else a learned template, else `unmatched`. */
export function createRouteOf(declared: readonly string[], max: number): (path: string) => string {
  const match = createRouteMatcher(declared);
  if (max === 0) return match;
  const learn = learnRoutes({ max });
  return (path) => {
    const route = match(path);
    // A page may report `unmatched` itself.
    return route === UNMATCHED_ROUTE && path !== UNMATCHED_ROUTE ? learn(path) : route;
  };
}
