/** One of the routes that matched, as React Router tells in every version. */
export interface RouteMatch {
  readonly pathname: string;
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly route: { readonly path?: string | undefined };
}

/** `:lang?` or `edit?`: the path may leave it out. */
const OPTIONAL = /\/(:?)([^/]+)\?/g;

/** `/users/:id` of the routes that matched, from the outermost to the innermost; `/*` where none did. */
export function reactRouterPattern(matches: readonly RouteMatch[] | null): string {
  const { pathname, params } = matches?.at(-1) ?? {};
  // A data router shows its root for a path that it does not know, as a match of nothing.
  if (!matches || !pathname) return "/*";
  const pattern = matches.reduce(
    // The path of a child may be given from the root on.
    (above, { route: { path = "" } }) => (path.startsWith("/") ? path : `${above}/${path}`),
    "",
  );
  const present = pattern.replace(OPTIONAL, (_, colon: string, name: string) =>
    (colon ? params?.[name] : pathname.includes(`/${name}`)) ? `/${colon}${name}` : "",
  );
  // Layouts and indexes have left slashes side by side, and at the end.
  return present.replace(/\/+(?=\/|$)/g, "") || "/";
}
