import { serveStatic } from "@hono/node-server/serve-static";
import { Hono } from "hono";
import { createLookup, type LookupOptions } from "./lookup.ts";
import { createManagement } from "./management.ts";
import type { Outbox } from "./outbox/outbox.ts";

export interface WorldOptions extends LookupOptions {
  readonly outbox: Outbox;
  /** New requests are refused once it is aborted. */
  readonly closing: AbortSignal;
}

export interface World {
  readonly app: Hono;
  /** Requests of the look-up and the management that are on their way. */
  readonly busy: () => number;
}

/** The page may load its own files, and ask where it came from. */
const POLICY =
  "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** Creates the look-up service, the management, the page and the collector's routes as one app. */
export function createWorld(options: WorldOptions): World {
  const { collector, closing } = options;
  const app = new Hono();
  let busy = 0;
  app.route("/", collector.app);
  // A connection that is kept alive would bring requests that nothing counts any more: they are not begun.
  app.use(async (c, next) => {
    if (closing.aborted)
      return c.json({ error: "The server stops. Try again.", code: "stopping" }, 503, {
        connection: "close",
      });
    busy += 1;
    await next();
    busy -= 1;
  });
  app.route("/", createLookup(options));
  app.route("/", createManagement(options));
  const page = new Hono();
  page.use(async (c, next) => {
    await next();
    c.header("content-security-policy", POLICY);
    c.header("x-content-type-options", "nosniff");
  });
  page.use(serveStatic({ root: `${import.meta.dirname}/page` }));
  app.route("/", page);
  app.notFound((c) => c.json({ error: "Unknown path.", code: "unknown_path" }, 404));
  app.onError((error, c) => {
    collector.trackError(error);
    return c.json({ error: "The server failed.", code: "failed" }, 500);
  });
  return { app, busy: () => busy };
}
