import type { Handler } from "hono";
import { type CheckOrigin, readableBy } from "./ingest/corsOrigin.ts";

/** `OPTIONS /collect`: our own page never asks, because its requests need no preflight; others may. */
export function createPreflightRoute(checkOrigin: CheckOrigin): Handler {
  return function preflight(c) {
    c.header("vary", "Origin");
    const named = readableBy(c, checkOrigin);
    if (named !== undefined) {
      c.header("access-control-allow-origin", named);
      c.header("access-control-allow-methods", "POST");
      c.header("access-control-allow-headers", "content-type");
      c.header("access-control-max-age", "86400");
    }
    return c.body(null, 204);
  };
}
