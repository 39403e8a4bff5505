import { createRouteMatcher, UNMATCHED_ROUTE } from "@rumkit/protocol";
import type { Hono } from "hono";
import { NO_SNIFFING } from "./collectRequest.ts";

/** Answers requests that match none of the collector's routes: 405 with the methods of the path, else 404. */
export function answerUnknown(app: Hono): Hono {
  const match = createRouteMatcher([...new Set(app.routes.map(({ path }) => path))]);
  return app.notFound((c) => {
    const route = match(c.req.path);
    const methods = methodsOf(app, route);
    // `//metrics` resembles a route but does not match it.
    if (route === UNMATCHED_ROUTE || methods.includes("ALL") || methods.includes(c.req.method))
      return c.text("404 Not Found\n", 404, NO_SNIFFING);
    const allow = methods.join(", ");
    const message = `${c.req.path.slice(0, 100)} takes ${allow}, not ${c.req.method}.`;
    return c.json({ error: { code: "bad_method", message } }, 405, { ...NO_SNIFFING, allow });
  });
}

/** Returns the methods of a path. A route that answers GET answers HEAD too. */
function methodsOf({ routes }: Hono, route: string): string[] {
  const methods = routes.filter(({ path }) => path === route).map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method])))];
}
