/** Of this package, as in its package.json, which a bundle does not have: a test compares. */
export const VERSION = "0.0.0";
