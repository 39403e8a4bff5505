/** A matched route, in the form common to all versions of React Router. */
export interface RouteMatch {
  readonly pathname: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly route: { readonly path?: string | undefined };
}

/** Optional segments: `:lang?` or `edit?`. */
const OPTIONAL = /\/(:?)([^/]+)\?/g;

/** Returns the pattern, such as `/users/:id`, of the matched routes from outermost to innermost, or `/*` if none matched. */
export function reactRouterPattern(matches: readonly RouteMatch[] | null): string {
  const { pathname, params } = matches?.at(-1) ?? {};
  // For an unknown path, a data router shows its root, with an empty match.
  if (!matches || !pathname) return "/*";
  const pattern = matches.reduce(
    // The path of a child may be absolute.
    (above, { route: { path = "" } }) => (path.startsWith("/") ? path : `${above}/${path}`),
    "",
  );
  const present = pattern.replace(OPTIONAL, (_, colon: string, name: string) =>
    (colon ? params?.[name] : pathname.includes(`/${name}`)) ? `/${colon}${name}` : "",
  );
  // Removes repeated and trailing slashes, left by layouts and indexes.
  return present.replace(/\/+(?=\/|$)/g, "") || "/";
}
