import { createRouteMatcher, UNMATCHED_ROUTE } from "@rumkit/protocol";
import type { Hono } from "hono";
import { NO_SNIFFING } from "./collectRequest.ts";

/**
 * Has an app of the collector's routes alone say what is wrong with a request that none of them takes: 405 with the
 * methods that the path has, else 404.
 */
export function answerUnknown(app: Hono): Hono {
  const match = createRouteMatcher([...new Set(app.routes.map(({ path }) => path))]);
  return app.notFound((c) => {
    const route = match(c.req.path);
    const methods = methodsOf(app, route);
    // `//metrics` looks like a route and is none.
    if (route === UNMATCHED_ROUTE || methods.includes("ALL") || methods.includes(c.req.method))
      return c.text("404 Not Found\n", 404, NO_SNIFFING);
    const allow = methods.join(", ");
    const message = `${c.req.path.slice(0, 100)} takes ${allow}, not ${c.req.method}.`;
    return c.json({ error: { code: "bad_method", message } }, 405, { ...NO_SNIFFING, allow });
  });
}

/** The methods of a path. What answers GET answers HEAD. */
function methodsOf({ routes }: Hono, route: string): string[] {
  const methods = routes.filter(({ path }) => path === route).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
}
