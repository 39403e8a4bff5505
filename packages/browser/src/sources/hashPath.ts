/** The path of routers that keep it after `#`, without what follows a `?` in it: the option `path`. */
export function hashPath({ hash }: Pick<URL, "hash">): string {
  return hash.slice(1).split("?", 1)[0] || "/";
}
