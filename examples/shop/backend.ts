import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { Collector } from "@rumkit/server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createAccounts, readCredentials } from "./accounts.ts";
import type { catalog } from "./catalog.ts";
import { findProduct, type OrderRequest, priceOrder, readOrderRequest } from "./orders.ts";
import { findProducts } from "./products.ts";

export interface ShopOptions {
  /** Where the shop's requests, orders and accounts are counted. */
  collector: Pick<Collector<typeof catalog>, "httpMetrics" | "trackAction" | "trackConversion" | "measure">;
  /** Resolves after so many milliseconds; stands in for the payment provider. Default: a timer. */
  pause?: (milliseconds: number) => Promise<unknown>;
}

/** The largest honest body is an order of every product: well under 4 KiB. */
const MAX_BODY_BYTES = 4_096;

/** The shop's API, under `/api`: a Hono app to mount at the root. Bad input is answered with 4xx and a reason. */
export function createShop({ collector, pause = wait }: ShopOptions) {
  const app = new Hono().basePath("/api");
  const accounts = createAccounts();

  app.use(collector.httpMetrics());
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => refuse(c, "The body is too large.", 413) }));

  app.get("/products", (c) => c.json(findProducts(c.req.query("search") ?? "")));

  app.get("/products/:id", (c) => {
    const product = findProduct(c.req.param("id"));
    return product ? c.json(product) : refuse(c, "No such product.", 404);
  });

  app.post("/checkout", async (c) => {
    const request = readOrderRequest(await readJson(c));
    if (typeof request === "string") return refuse(c, request);
    await pay(request);
    const order = createOrder(request);
    await collector.trackConversion("purchase", {
      id: order.id,
      value: order.total / 100,
      currency: order.currency,
      payment_method: request.paymentMethod,
    });
    return c.json(order, 201);
  });

  app.post("/register", async (c) => {
    const credentials = readCredentials(await readJson(c));
    if (typeof credentials === "string") return refuse(c, credentials);
    const account = await accounts.register(credentials);
    if (!account) return refuse(c, "There is an account with this address already.", 409);
    await collector.trackConversion("signup", { id: account.id });
    return c.json({ email: account.email }, 201);
  });

  app.post("/login", async (c) => {
    const credentials = readCredentials(await readJson(c));
    if (typeof credentials === "string") return refuse(c, credentials);
    const account = await accounts.logIn(credentials);
    await collector.trackAction("login", { outcome: account ? "accepted" : "refused" });
    return account ? c.json({ email: account.email }) : refuse(c, "Wrong address or password.", 401);
  });

  // Slow and broken on purpose, to be seen on the live page.
  app.get("/slow", async (c) => {
    const milliseconds = Math.round(300 + Math.random() * 1200);
    await pause(milliseconds);
    return c.json({ milliseconds });
  });
  app.get("/fail", (c) => refuse(c, "This endpoint always fails.", 500));
  app.all("*", (c) => refuse(c, "No such endpoint.", 404));

  return app;

  /** Plays the payment provider: 80 to 400 ms, and never a refusal. */
  async function pay({ paymentMethod }: OrderRequest): Promise<void> {
    const start = performance.now();
    await pause(80 + Math.random() * 320);
    await collector.measure("payment_duration", (performance.now() - start) / 1000, {
      payment_method: paymentMethod,
    });
  }
}

/** An order as the page shows it. */
export interface Order {
  readonly id: string;
  /** In cents of `currency`. */
  readonly total: number;
  readonly currency: OrderRequest["currency"];
}

function createOrder({ items, currency }: OrderRequest): Order {
  return { id: randomUUID(), total: priceOrder(items, currency), currency };
}

/** The body as JSON; undefined where it is none, which no reader of a body takes for an object. */
async function readJson(c: Context): Promise<unknown> {
  return await c.req.json<unknown>().catch(() => undefined);
}

function refuse(c: Context, error: string, status: 400 | 401 | 404 | 409 | 413 | 500 = 400) {
  return c.json({ error }, status);
}
