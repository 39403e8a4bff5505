import type { IncomingMessage } from "node:http";
import { isFor, type Layer, matchOf, mountPattern, type Route, stackOf, textOf } from "./expressLayers.ts";

/** An app of Express. */
interface App {
  /** The pattern at which the app is mounted in another one. */
  readonly mountpath?: unknown;
  readonly parent?: App | undefined;
}

/** The properties that Express gives to a request. */
interface ExpressRequest extends IncomingMessage {
  readonly app?: App;
  /** The last route that handled the request. */
  readonly route?: Route | undefined;
  /** The path at which the handler that answered is mounted. */
  readonly baseUrl?: string;
  readonly originalUrl?: string;
}

/** Stands for an unknown part at the start of a pattern. */
const ANYTHING = "/*";

/** Returns true for a request of Express, whose routes are registered and need not be guessed. */
export function isExpress(request: IncomingMessage): boolean {
  const { app, route } = request as ExpressRequest;
  return route !== undefined || stackOf(app) !== undefined;
}

/**
 * Returns the pattern for which a request of Express counts; undefined if no handler answered it.
 *
 * Returns the pattern of the last route that handled the request, with the patterns of its routers. If middleware
 * answered before any route, returns the pattern of the route that the request would have reached; otherwise
 * `declared`; otherwise the pattern at which the middleware is mounted.
 *
 * Every result is made of text that the app's code registered. Express exposes the mount point of a router as a path
 * (`/teams/acme`), which is never used: names of tenants and users would become labels. So the pattern is read from
 * the routers.
 */
export function expressRoute(
  request: IncomingMessage,
  status: number,
  declared: string | undefined,
): string | undefined {
  const { app, route, baseUrl = "", originalUrl = request.url ?? "" } = request as ExpressRequest;
  const path = originalUrl.split("?", 1)[0] ?? "";
  const stack = stackOf(app) ?? [];
  const around = mountedAt(app);
  const below = `/${segmentsOf(path).slice(segmentsOf(around).length).join("/")}`;
  const inApp = (found: string | undefined): string | undefined =>
    found === undefined ? undefined : join(around, found);

  if (route) {
    const found = find(stack, below, (layer) => layer.route === route) ?? findAnywhere(stack, route);
    return inApp(found) ?? declared ?? withoutRouter(textOf(route.path), path);
  }
  const method = methodOf(request);
  const meant = find(stack, below, (layer, rest) => takes(layer.route, method) && isFor(layer, rest));
  if (meant !== undefined || declared !== undefined) return inApp(meant) ?? declared;
  if (baseUrl !== "")
    return (
      inApp(findMount(stack, below, baseUrl.split("/").length - segmentsOf(around).length - 1)) ?? ANYTHING
    );
  return status === 404 || status === 405 ? undefined : ANYTHING;
}

/** Joins the patterns at which an app and the apps around it are mounted. */
function mountedAt(app: App | undefined): string {
  return app?.parent ? mountedAt(app.parent) + textOf(app.mountpath).replace(/\/$/, "") : "";
}

/** Returns the pattern of the first wanted route that a path takes through a router and nested ones. */
function find(
  stack: readonly Layer[],
  path: string,
  isWanted: (layer: Layer, path: string) => boolean,
): string | undefined {
  for (const layer of stack) {
    if (layer.route) {
      if (isWanted(layer, path)) return textOf(layer.route.path);
      continue;
    }
    const inner = stackOf(layer.handle);
    const match = inner && matchOf(layer, path);
    if (!match) continue;
    const found = find(inner, path.slice(match.prefix.length) || "/", isWanted);
    if (found !== undefined) return join(mountPattern(layer, path) ?? ANYTHING, found);
  }
  return undefined;
}

/** Searches all routers for a route, for a request whose path was rewritten. */
function findAnywhere(stack: readonly Layer[], route: Route): string | undefined {
  for (const layer of stack) {
    if (layer.route === route) return textOf(route.path);
    const found = findAnywhere(stackOf(layer.handle) ?? [], route);
    if (found !== undefined) return join(mountPattern(layer, "") ?? ANYTHING, found);
  }
  return undefined;
}

/** Returns the pattern of the middleware that is mounted at the given number of segments of a path, with `/*`. */
function findMount(stack: readonly Layer[], path: string, depth: number): string | undefined {
  for (const layer of stack) {
    const match = layer.route ? undefined : matchOf(layer, path);
    if (!match || match.prefix === "") continue;
    const mounted = mountPattern(layer, path) ?? ANYTHING;
    const rest = depth - segmentsOf(match.prefix).length;
    if (rest === 0) return mounted + ANYTHING;
    const found = rest > 0 && findMount(stackOf(layer.handle) ?? [], path.slice(match.prefix.length), rest);
    if (found) return mounted + found;
  }
  return undefined;
}

/** Returns the pattern of a route whose router is unknown. It is complete if it has as many segments as the path. */
function withoutRouter(pattern: string, path: string): string {
  return segmentsOf(pattern).length === segmentsOf(path).length ? pattern : ANYTHING + pattern;
}

/** Returns the method of a request; for a preflight, the method that it asks for. */
function methodOf({ method = "", headers }: IncomingMessage): string | undefined {
  const asked = method === "OPTIONS" ? headers["access-control-request-method"] : method;
  return asked?.toLowerCase();
}

/**
 * Returns true if a route handles a method. `OPTIONS` without a requested method means all of them; a route of `GET`
 * takes `HEAD`.
 */
function takes(route: Route | undefined, method: string | undefined): boolean {
  const { methods = {} } = route ?? {};
  if (method === undefined || methods["_all"]) return true;
  return methods[method] === true || (method === "head" && methods["get"] === true);
}

function segmentsOf(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/** Appends a pattern to a prefix. A router's own `/` is its mount point. */
function join(prefix: string, pattern: string): string {
  if (pattern === "/" || pattern === "") return prefix || "/";
  return prefix + (pattern === "*" ? ANYTHING : pattern);
}
