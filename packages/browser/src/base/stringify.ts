/** As it is before another script replaces it. */
const { stringify: original } = JSON;

/**
 * Writes what a value holds, whatever a `toJSON` makes of it: Prototype.js gives one to every array and string, and a
 * batch would be a string in a string. A bigint, which JSON does not know, is a string.
 */
export const stringify = (value: unknown): string =>
  original(value, function (this: Record<string, unknown>, key: string) {
    const held = this[key];
    return typeof held === "bigint" ? String(held) : held;
  });
