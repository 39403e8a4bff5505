/** The paths below which a collector has its live page, and its API for tools, in the app that it is mounted in. */
export interface BasePaths {
  /** Of the live page and everything that it requests. Default `/realtime`. */
  readonly live: string;
  /** Of the API for tools. Default `/api/rumkit`. */
  readonly api: string;
}

export const DEFAULT_BASE_PATHS: BasePaths = { live: "/realtime", api: "/api/rumkit" };

/** The place of a route: a fixed path, or one below a base path. */
export interface BasedPath {
  /** The base path in front of `path`. Default none: the path is fixed. */
  readonly under?: keyof BasePaths | undefined;
  readonly path: string;
}

/** Returns the path of a route in the collector. */
export function resolvePath({ under, path }: BasedPath, paths: BasePaths): string {
  return under === undefined ? path : paths[under] + path;
}

/** Maximum characters of a base path. Servers and proxies take thousands; a longer one is a mistake. */
const LONGEST = 200;

/**
 * Segments of characters that no URL escapes (RFC 3986, section 2.3), except for `.` and `..`, which clients resolve.
 * A slash at the end changes nothing.
 */
const BASE_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+\/?$/;

/** Returns true for the text of a base path. */
export function isBasePath(text: string): boolean {
  return text.length <= LONGEST && BASE_PATH.test(text);
}

/** The form of a base path, as the end of a sentence. */
export const BASE_PATH_FORM =
  'a path such as "/realtime": segments of letters, digits, "-", "_", "." and "~", each after a slash, none of them "." or ".."';

/**
 * Returns a reference from a path to another one of the collector, which holds under every prefix that an app or a
 * proxy adds to both: `../../realtime` from `/api/rumkit/share`.
 */
export function relativePath(from: string, to: string): string {
  return "../".repeat(from.split("/").length - 2) + to.slice(1) || "./";
}
