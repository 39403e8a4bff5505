/** Returns the path after `#`, without a query in it. For routers that keep their path there: use it as the option `path`. */
export function hashPath({ hash }: Pick<URL, "hash">): string {
  return hash.slice(1).split("?", 1)[0] || "/";
}
