/** A route of Express: the object that `app.get()` and `app.route()` create. */
export interface Route {
  readonly path: unknown;
  readonly methods: Readonly<Record<string, boolean | undefined>>;
}

/** One entry of a router's stack, in Express 4 and in the versions of `router` that Express 5 brings. */
export interface Layer {
  readonly route?: Route | undefined;
  /** The handler. A router or an app has a `stack`. */
  readonly handle?: unknown;
  /** The pattern as registered, in `router` 2.3 and newer. */
  readonly rawPath?: unknown;
  /** The compiled pattern, in Express 4. */
  readonly regexp?: RegExp;
  readonly keys?: readonly { readonly name: string | number }[];
  /** The path of the last match, if `match` returns only a boolean. */
  readonly path?: string | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  match(path: string): unknown;
}

interface LayerMatch {
  /** The part of the path that the layer matches, without a slash at its end. */
  readonly prefix: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * Matches a layer with the beginning of a path, or with all of it for a route. Undefined also for a path with a
 * parameter that cannot be decoded: `match` throws, and Express has answered with 400.
 */
export function matchOf(layer: Layer, path: string): LayerMatch | undefined {
  let result: unknown;
  try {
    result = layer.match(path);
  } catch {
    return undefined;
  }
  if (result === false || result === undefined || result === null) return undefined;
  const { path: prefix = "", params = {} }: Partial<Layer> = typeof result === "object" ? result : layer;
  return { prefix: prefix.replace(/\/$/, ""), params };
}

/** Returns true if a layer is for a path, also if a parameter of the path cannot be decoded. */
export function isFor(layer: Layer, path: string): boolean {
  try {
    return Boolean(layer.match(path));
  } catch {
    return true;
  }
}

/** Returns the stack of a router or of an app. */
export function stackOf(handle: unknown): readonly Layer[] | undefined {
  if (typeof handle !== "function") return undefined;
  const { stack, _router: router } = handle as {
    stack?: readonly Layer[];
    _router?: { stack?: readonly Layer[] };
  };
  if (stack ?? router) return stack ?? router?.stack;
  // In Express 4 this property throws.
  const isApp = "mountpath" in handle && "router" in handle;
  return isApp ? (handle as { router: { stack?: readonly Layer[] } }).router.stack : undefined;
}

/**
 * Returns a pattern, a regular expression, or a list of both as text. It comes from the app's code, so the number of
 * texts is bounded.
 */
export function textOf(path: unknown): string {
  return Array.isArray(path) ? path.map(textOf).join("|") : String(path);
}

/**
 * Returns the pattern at which a layer is mounted, from the app's code alone and never from a path; undefined if the
 * version of Express does not expose it. Empty for a layer that takes every path.
 */
export function mountPattern(layer: Layer, path: string): string | undefined {
  if (typeof layer.rawPath === "string") return layer.rawPath.replace(/\/$/, "");
  if (layer.rawPath !== undefined) return textOf(layer.rawPath);
  if (layer.regexp) return patternOfRegExp(layer.regexp, layer.keys ?? []);
  return probeMount(layer, path);
}

/** A parameter as Express 4 compiles it, with or without its slash: versions of `path-to-regexp` 0.1 differ. */
const PARAMETER = /(?:\(\?:)?(\\\/)?\(\[\^\\?\/\]\+\?\)\)?/g;

/** Turns the regular expression of a mount path into a pattern again; unchanged if it is more complex than that. */
function patternOfRegExp(regexp: RegExp, keys: readonly { readonly name: string | number }[]): string {
  if (regexp.source === "^\\/?(?=\\/|$)") return "";
  let key = 0;
  const pattern = regexp.source
    .replaceAll("\\/?(?=\\/|$)", "")
    .replaceAll(/(^|\|)\^/g, "$1")
    .replaceAll(PARAMETER, (_, slash = "") => `${slash}:${String(keys[key++]?.name)}`)
    .replaceAll(/\\([/.-])/g, "$1");
  return /^[\w/:.~?|-]*$/.test(pattern) ? pattern : `/${regexp.source}/`;
}

/** A word that occurs in no real path. */
const PROBE = "rumkit-probe-7f3a";

/**
 * Finds the segments of a mount path that are parameters, by replacing each with another word: if the layer still
 * matches, the segment is a parameter. Returns undefined if the value of a parameter remains, because it would become a
 * label.
 */
function probeMount(layer: Layer, path: string): string | undefined {
  const match = matchOf(layer, path);
  if (!match) return undefined;
  const segments = match.prefix.split("/").slice(1);
  const unexplained = new Set(Object.keys(match.params));
  const pattern = segments.map((segment, index) => {
    const probed = segments.map((other, at) => (at === index ? PROBE : other));
    const found = matchOf(layer, `/${probed.join("/")}`);
    // The matcher of a route is case-insensitive.
    if (!found) return segment.toLowerCase();
    const [name] = Object.entries(found.params).find(([, value]) => value === PROBE) ?? [];
    if (name === undefined) return undefined;
    unexplained.delete(name);
    return `:${name}`;
  });
  const isRegExp = (layer as { matchers?: readonly { name: string }[] }).matchers?.some(
    ({ name }) => name === "regexpMatcher",
  );
  if (isRegExp || unexplained.size > 0 || pattern.includes(undefined)) return undefined;
  return pattern.map((segment) => `/${segment}`).join("");
}
