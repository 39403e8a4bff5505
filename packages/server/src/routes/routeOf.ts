import { type Catalog, createRouteMatcher, UNMATCHED_ROUTE } from "@rumkit/protocol";
import { learnRoutes } from "./learnRoutes.ts";

/** Templates that are learned at most, where nobody says how many. */
const DEFAULT_LEARNED = 100;

/**
 * How many templates may be learned, 0 for none: what the catalogue says, else 100 where nothing is declared.
 * Where something is, a path outside of it is more likely a scanner's than a forgotten route.
 */
export function learnedAtMost({ learnRoutes: learned }: Catalog, declared: readonly string[]): number {
  if (typeof learned === "object") return learned.max;
  return (learned ?? declared.length === 0) ? DEFAULT_LEARNED : 0;
}

/** The route of a path: the first declared pattern that matches, else what was learned, else `unmatched`. */
export function createRouteOf(declared: readonly string[], max: number): (path: string) => string {
  const match = createRouteMatcher(declared);
  if (max === 0) return match;
  const learn = learnRoutes({ max });
  return (path) => {
    const route = match(path);
    // A page may say itself that it does not know.
    return route === UNMATCHED_ROUTE && path !== UNMATCHED_ROUTE ? learn(path) : route;
  };
}
