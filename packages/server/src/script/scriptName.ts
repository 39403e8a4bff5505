import { hash } from "node:crypto";

/** Hexadecimal digits of a digest in a name: 64 bits, enough for no two builds to have the same name. */
const NAME_DIGITS = 16;

/** Returns a name with a digest of the text: `rum-0123456789abcdef.js`. Browsers may cache such a file forever. */
export function scriptName(text: string): string {
  return `rum-${hash("sha384", text, "hex").slice(0, NAME_DIGITS)}.js`;
}

/** Returns the value of `integrity`, so that browsers run no other text (<https://www.w3.org/TR/SRI/>). */
export function scriptIntegrity(text: string): string {
  return `sha384-${hash("sha384", text, "base64")}`;
}
