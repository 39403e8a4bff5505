import { hash } from "node:crypto";

/** Hexadecimal digits of a digest in a name: 64 bits, by which no two builds have the same name. */
const NAME_DIGITS = 16;

/** The name that changes with the text: `rum-0123456789abcdef.js`. Browsers may keep it for ever. */
export function scriptName(text: string): string {
  return `rum-${hash("sha384", text, "hex").slice(0, NAME_DIGITS)}.js`;
}

/** The value of `integrity`: a browser runs nothing else (<https://www.w3.org/TR/SRI/>). */
export function scriptIntegrity(text: string): string {
  return `sha384-${hash("sha384", text, "base64")}`;
}
