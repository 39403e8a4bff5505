/** The version of this package. A bundle lacks package.json, so it is repeated here, and a test compares both. */
export const VERSION = "0.0.0";
