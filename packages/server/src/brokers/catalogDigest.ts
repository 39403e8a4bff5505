import { hash } from "node:crypto";

/**
 * Returns a digest of a catalog: 16 hexadecimal digits, the same for the same names on every machine. The order of fields
 * changes it, as a deployment does that declares something else.
 */
export function catalogDigest(catalog: object): string {
  return hash("sha256", JSON.stringify(catalog)).slice(0, 16);
}
