import { type Handler, Hono } from "hono";
import { answerUnknown } from "../http/refusal.ts";

/** The collector's routes, and the handlers that distinguish them from the app's own. */
export interface Routes {
  readonly app: Hono;
  readonly handlers: WeakSet<Handler>;
  /** Those that have answered a request. */
  readonly ran: WeakSet<Handler>;
}

/** A route at its final path. */
interface MountedRoute {
  readonly method: string;
  readonly path: string;
  readonly answer: Handler;
}

/** Mounts routes in an app that answers all other requests with 404 or 405. */
export function mountRoutes(routes: readonly MountedRoute[]): Routes {
  const app = new Hono();
  const handlers = new WeakSet<Handler>();
  const ran = new WeakSet<Handler>();
  for (const { method, path, answer } of routes) {
    const handler: Handler = (c, next) => {
      ran.add(handler);
      return answer(c, next);
    };
    handlers.add(handler);
    // Some frameworks and proxies add a slash at the end, or remove it.
    app.on(method, [path, `${path}/`], handler);
  }
  return { app: answerUnknown(app), handlers, ran };
}
