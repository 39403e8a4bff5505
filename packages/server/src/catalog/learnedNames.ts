import type { Catalog } from "@rumkit/protocol";
import { OTHER } from "../metrics/descriptor.ts";
import { NAME, toSnakeCase } from "./namePattern.ts";

/** Names of each kind that are learned, where nobody says how many: more than a board can show. */
const DEFAULT_LEARNED = 200;

/** Letters of a name at most. A longer one is a text, and cutting it would count two as one. */
const MAX_LETTERS = 64;

/** What is counted where no catalog is given: every name that comes, within bounds, and routes as they are seen. */
export const WITHOUT_CATALOG: Catalog = { app: "app", routes: [], learnNames: true };

/** How many names of each kind may be learned, 0 for none: actions, conversions, measurements and features. */
export function learnedNamesAtMost({ learnNames = false }: Catalog): number {
  if (typeof learnNames === "object") return learnNames.max;
  return learnNames ? DEFAULT_LEARNED : 0;
}

/**
 * A name as it is counted where nothing declares it: in snake_case, so that `addToCart`, `add-to-cart` and
 * `Add to cart` are one. `__other__` for what has no letter or digit of ASCII, or is longer than 64.
 */
export function toLearnedName(name: string): string {
  if (NAME.test(name)) return name;
  if (name.length > MAX_LETTERS) return OTHER;
  return toSnakeCase(name) || OTHER;
}
