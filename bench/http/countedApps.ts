import { getRequestListener } from "@hono/node-server";
import { prometheus } from "@hono/prometheus";
import { createCollector } from "@rumkit/server";
import { Hono, type MiddlewareHandler } from "hono";
import type { Listener } from "./inProcess.ts";

/** The same small app, with and without something that counts its requests. */
export const VARIANTS = ["bare", "empty", "rumkit", "@hono/prometheus"] as const;

export type Variant = (typeof VARIANTS)[number];

const PATTERNS = [...Array.from({ length: 20 }, (_, index) => `/route${index}/:id`), "/product/:id"];

function createBenchCollector() {
  return createCollector({
    catalog: { app: "bench", routes: ["/"], endpoints: PATTERNS },
    environment: "production",
  });
}

const middleware: Record<Variant, () => MiddlewareHandler | undefined> = {
  bare: () => undefined,
  empty: () => (_c, next) => next(),
  rumkit: () => createBenchCollector().httpMetrics(),
  "@hono/prometheus": () => prometheus().registerMetrics,
};

/** 21 routes, of which the last one is asked. */
export function createCountedApp(variant: Variant): Hono {
  const app = new Hono();
  const counting = middleware[variant]();
  if (counting) app.use(counting);
  for (const pattern of PATTERNS.slice(0, -1)) app.get(pattern, (c) => c.text("other"));
  app.get("/product/:id", (c) => c.json({ id: c.req.param("id"), title: "The Salt Roads", price: 1999 }));
  return app;
}

/** The same app four times, as a server of Node calls it. */
export function honoListeners(): Record<Variant, Listener> {
  const listenerOf = (variant: Variant): Listener => getRequestListener(createCountedApp(variant).fetch);
  return {
    bare: listenerOf("bare"),
    empty: listenerOf("empty"),
    rumkit: listenerOf("rumkit"),
    "@hono/prometheus": listenerOf("@hono/prometheus"),
  };
}

/** A listener without a framework, with a call of nothing in front of it and with `nodeHttpMetrics()`. */
export function plainListeners(): Record<"empty" | "rumkit", Listener> {
  const listenerOf =
    (count: Listener): Listener =>
    (request, response) => {
      count(request, response);
      const body = JSON.stringify({ id: request.url, title: "The Salt Roads", price: 1999 });
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length });
      response.end(body);
    };
  return { empty: listenerOf(() => {}), rumkit: listenerOf(createBenchCollector().nodeHttpMetrics()) };
}
