import type { IncomingMessage } from "node:http";
import { OTHER } from "../metrics/descriptor.ts";
import { MAX_LABEL_LENGTH } from "../metrics/labelRule.ts";

/** Returns the name of a request's route, as Node has the request, when it is answered. */
export type RouteOf = (request: IncomingMessage) => string | undefined;

/** Different names at most: more than an app has routes, and the limit for one that returns paths by mistake. */
const MAX_NAMES = 500;

/** Returns the names of an app's `routeOf`, limited in number. Never throws. */
export function createNamedRoutes(routeOf: RouteOf | undefined): RouteOf {
  if (!routeOf) return () => undefined;
  const known = new Set<string>();
  return (request) => {
    const name = readName(routeOf, request);
    if (name === undefined || known.has(name)) return name;
    if (known.size >= MAX_NAMES) return OTHER;
    known.add(name);
    return name;
  };
}

function readName(routeOf: RouteOf, request: IncomingMessage): string | undefined {
  try {
    const name: unknown = routeOf(request);
    return typeof name === "string" && name !== "" ? name.slice(0, MAX_LABEL_LENGTH) : undefined;
  } catch {
    return undefined;
  }
}
