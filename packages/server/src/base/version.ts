/** The version of this package. A bundle lacks package.json, so the version is repeated here; a test compares both. */
export const VERSION = "0.0.0";
