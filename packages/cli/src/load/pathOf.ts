import type { Random } from "./random.ts";
import type { Site } from "./site.ts";

/** Ids of a site's pages: few, because a catalog's routes are patterns and a learned route needs several. */
const IDS = 40;

/**
 * Returns a path that a visitor opens for a pattern: `/product/17` for `/product/:id`. If another pattern takes that path,
 * the pattern itself, which a collector reads as well.
 */
export function pathOf({ matchRoute }: Pick<Site, "matchRoute">, pattern: string, random: Random): string {
  const id = Math.floor(random.between(1, IDS + 1));
  const path = fill(pattern, id);
  return matchRoute(path) === pattern ? path : pattern;
}

/** Puts a number in place of each parameter. */
export function fill(pattern: string, id: number): string {
  return pattern.replaceAll(/(?<=\/):[^/]+|\*$/g, String(id));
}
