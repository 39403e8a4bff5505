import { OTHER } from "../metrics/descriptor.ts";

/** An element's name that can be a label: written by a developer in `data-rum`, not by a user. */
const ELEMENT_NAME = /^[\w.:/-]{1,64}$/;

/** Returns the name if it can be a label, else `__other__`. */
export function toElementName(name: string): string {
  return ELEMENT_NAME.test(name) ? name : OTHER;
}

/**
 * Creates a function that keeps the first `most` different names; later new names become `__other__`.
 *
 * For families with further labels, which the limit of the family would fold as well.
 */
export function createNameLimit(most: number): (name: string) => string {
  const seen = new Set<string>();
  return (name) => {
    if (seen.has(name)) return name;
    if (seen.size >= most) return OTHER;
    seen.add(name);
    return name;
  };
}
