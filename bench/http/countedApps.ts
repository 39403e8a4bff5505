import { prometheus } from "@hono/prometheus";
import { createCollector } from "@rumkit/server";
import { Hono, type MiddlewareHandler } from "hono";

/** The same small app, with and without something that counts its requests. */
export const VARIANTS = ["bare", "empty", "rumkit", "@hono/prometheus"] as const;

export type Variant = (typeof VARIANTS)[number];

const middleware: Record<Variant, () => MiddlewareHandler | undefined> = {
  bare: () => undefined,
  empty: () => (_c, next) => next(),
  rumkit: () =>
    createCollector({ catalog: { app: "bench", routes: ["/"] }, environment: "production" }).httpMetrics(),
  "@hono/prometheus": () => prometheus().registerMetrics,
};

/** 21 routes, of which the last one is asked. */
export function createCountedApp(variant: Variant): Hono {
  const app = new Hono();
  const counting = middleware[variant]();
  if (counting) app.use(counting);
  for (let index = 0; index < 20; index += 1) app.get(`/route${index}/:id`, (c) => c.text("other"));
  app.get("/product/:id", (c) => c.json({ id: c.req.param("id"), title: "The Salt Roads", price: 1999 }));
  return app;
}
