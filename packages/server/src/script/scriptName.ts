import { hash } from "node:crypto";

/** Hexadecimal digits of a digest in a name: 64 bits, enough for no two builds to have the same name. */
const NAME_DIGITS = 16;

/** Returns the name that changes with the text: `rum-0123456789abcdef.js`. Browsers may keep it forever. */
export function scriptName(text: string): string {
  return `rum-${hash("sha384", text, "hex").slice(0, NAME_DIGITS)}.js`;
}

/** Returns the value of `integrity`: a browser runs no other text (<https://www.w3.org/TR/SRI/>). */
export function scriptIntegrity(text: string): string {
  return `sha384-${hash("sha384", text, "base64")}`;
}
