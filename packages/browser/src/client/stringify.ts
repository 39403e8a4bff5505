/** As it is before another script replaces it. */
const { stringify: original } = JSON;

/**
 * Writes what a value holds, whatever a `toJSON` makes of it: Prototype.js gives one to every array and string, and a
 * batch would be a string in a string.
 */
export const stringify = (value: unknown): string =>
  original(value, function (this: Record<string, unknown>, key: string) {
    return this[key];
  });
