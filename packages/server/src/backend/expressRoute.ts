import type { IncomingMessage } from "node:http";

/** What Express adds to a request once a route has taken it. */
interface Routed {
  readonly route?: { readonly path: unknown } | undefined;
  readonly baseUrl?: string;
  readonly originalUrl?: string;
}

/**
 * The pattern of the Express route that took a request, with the place where its router is mounted; undefined
 * where none did.
 *
 * Express tells where a router is mounted as a path (`/users/42`), not as a pattern (`/users/:id`), so that
 * part is templated; and forgets it once an error has left the router, so that it is cut from the path then.
 */
export function expressRoute(
  request: IncomingMessage,
  template: (path: string) => string,
): string | undefined {
  const { route, baseUrl = "", originalUrl = "" } = request as IncomingMessage & Routed;
  if (route === undefined) return undefined;
  const pattern = textOf(route.path);
  const base = baseUrl || baseOf(originalUrl, pattern);
  const mounted = base === "" || base === "/" ? "" : template(base);
  return pattern === "/" && mounted !== "" ? mounted : mounted + pattern;
}

/** A pattern, a regular expression, or a list of both: what the app's code says, so it is bounded. */
function textOf(path: unknown): string {
  return Array.isArray(path) ? path.map(String).join("|") : String(path);
}

/** What of a path is in front of as many segments as the pattern has; nothing where it may have any number. */
function baseOf(url: string, pattern: string): string {
  if (!/^\/[\w:./~-]*$/.test(pattern)) return "";
  const segments = (url.split("?", 1)[0] ?? "").split("/").filter((segment) => segment !== "");
  const own = pattern.split("/").filter((segment) => segment !== "").length;
  return segments
    .slice(0, Math.max(0, segments.length - own))
    .map((segment) => `/${segment}`)
    .join("");
}
