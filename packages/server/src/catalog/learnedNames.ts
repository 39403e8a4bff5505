import type { Catalog } from "@rumkit/protocol";
import { OTHER } from "../metrics/descriptor.ts";
import { NAME, toSnakeCase } from "./namePattern.ts";

/** Default for the maximum number of learned names of each kind: more than a dashboard can show. */
const DEFAULT_LEARNED = 200;

/** Maximum letters of a name. A longer one is probably not a name, and cutting it could merge two names. */
const MAX_LETTERS = 64;

/** The catalog of a collector without one: learns every name, within bounds, and the routes. */
export const WITHOUT_CATALOG: Catalog = { app: "app", routes: [], learnNames: true };

/**
 * The maximum number of learned names of each kind, 0 for none. Kinds: actions, conversions, measurements, features.
 */
export function learnedNamesAtMost({ learnNames = false }: Catalog): number {
  if (typeof learnNames === "object") return learnNames.max;
  return learnNames ? DEFAULT_LEARNED : 0;
}

/**
 * The label value of a name that the catalog does not declare: in snake_case, so that `addToCart`, `add-to-cart` and
 * `Add to cart` are the same. `__other__` for a name without ASCII letters or digits, or with more than 64 letters.
 */
export function toLearnedName(name: string): string {
  if (NAME.test(name)) return name;
  if (name.length > MAX_LETTERS) return OTHER;
  return toSnakeCase(name) || OTHER;
}
