/** Taken before another script can replace it. */
const { stringify: original } = JSON;

/**
 * Converts a value to JSON and ignores `toJSON` methods: Prototype.js adds one to every array and string, which would
 * turn a batch into a string within a string. A bigint, which JSON lacks, becomes a string.
 */
export const stringify = (value: unknown): string =>
  original(value, function (this: Record<string, unknown>, key: string) {
    const held = this[key];
    return typeof held === "bigint" ? String(held) : held;
  });
