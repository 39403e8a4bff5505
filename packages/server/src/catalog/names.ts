import { type Catalog, INGESTED_NAME, type IngestedSpec } from "@rumkit/protocol";
import { type Check, describeValue } from "../base/shape.ts";
import { OTHER } from "../metrics/descriptor.ts";

/** A name that becomes part of a metric name or a label value, without quotes in PromQL. */
export const NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** Maximum letters of a name. */
const MAX_LETTERS = 64;

/**
 * Converts a text into snake_case: `addToCart`, `Add to cart` and `add-to-cart` become `add_to_cart`. Returns "" if the
 * text has no ASCII letter or digit; prefixes a name that begins with a digit with `n`.
 */
export function toSnakeCase(text: string): string {
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return (/^[0-9]/.test(words) ? `n${words}` : words).slice(0, MAX_LETTERS).replace(/_+$/, "");
}

/** Checks a name of the catalog. */
export const checkName: Check = (name, path, faults) => {
  if (typeof name === "string" && NAME.test(name)) return;
  const text = String(name);
  const meant = text.length > MAX_LETTERS ? "" : toSnakeCase(text);
  if (text.length > MAX_LETTERS)
    faults.add(path, `has a name of ${text.length} letters; ${MAX_LETTERS} at most.`);
  else if (meant === "") faults.add(path, "has a name without letters: use snake_case, e.g. add_to_cart.");
  else faults.add(path, `has a name that is not valid: use snake_case: ${meant}.`);
};

/** Checks the name of a reported value of a service. */
export const checkIngestedName: Check = (name, path, faults) => {
  if (typeof name === "string" && INGESTED_NAME.test(name)) return;
  faults.add(
    path,
    `has a name that is not valid: use lower-case letters, digits, "_", "." and "-", ${MAX_LETTERS} at most, not ${describeValue(name)}.`,
  );
};

/** The family of a declared name: `api.response_time` in seconds is `api_response_time_seconds`. */
export function ingestedFamilyName(name: string, { type, unit, name: chosen }: IngestedSpec): string {
  if (chosen !== undefined) return chosen;
  const parts = [name.replace(/[.-]/g, "_"), unit, type === "counter" ? "total" : undefined];
  return parts.filter((part) => part !== undefined).join("_");
}

/** Checks the name of the app. */
export const checkApp: Check = (app, path, faults) => {
  if (typeof app === "string" && NAME.test(app)) return;
  const meant = typeof app === "string" ? toSnakeCase(app) : "";
  const hint = meant === "" ? "" : ` Use ${JSON.stringify(meant)}.`;
  faults.add(path, `must be a name in snake_case, e.g. "shop", not ${describeValue(app)}.${hint}`);
};

/** Default for the maximum number of learned names of each kind: more than a dashboard can show. */
const DEFAULT_LEARNED = 200;

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
  // A longer text is probably not a name, and cutting it could merge two names.
  if (name.length > MAX_LETTERS) return OTHER;
  return toSnakeCase(name) || OTHER;
}
