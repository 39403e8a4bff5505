import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { type Collector, experienceOf } from "@rumkit/server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { createAccounts, readCredentials } from "./accounts.ts";
import { createAdvice } from "./advice.ts";
import type { catalog } from "./catalog.ts";
import { createInvoices } from "./invoices.ts";
import { type Order, type OrderRequest, priceOrder, readOrderRequest } from "./orders.ts";
import { findProducts } from "./products.ts";
import type { SendReceipt } from "./receipts.ts";
import { type Deployment, releases } from "./release.ts";
import { openShopDatabase, type ShopDatabase } from "./shopDatabase.ts";
import { createRandom, type Random } from "./visitors/random.ts";

export interface ShopOptions {
  /** Counts the shop's requests, orders and accounts. */
  collector: Collector<typeof catalog>;
  /** Resolves after so many milliseconds; stands in for the payment provider. Default: a timer. */
  pause?: (milliseconds: number) => Promise<unknown>;
  /** Called with each page of an invoice that the printer has printed. Default: nothing is called. */
  onPrinted?: () => void;
  /** The release that answers requests. Default: the first one, for good. */
  deployment?: Deployment;
  /** The store of orders and products. Default: a SQLite in memory. */
  database?: ShopDatabase;
  /** Decides which requests are slow or fail, and for how long. Default: another one for each shop. */
  random?: Random;
  /** Default: no receipts. */
  sendReceipt?: SendReceipt;
}

/** The largest honest body is an order of every product: well under 4 KiB. */
const MAX_BODY_BYTES = 4_096;

/** The shop's API, under `/api`: a Hono app to mount at the root. Bad input is answered with 4xx and a reason. */
export function createShop(options: ShopOptions) {
  const { collector, pause = wait, onPrinted = () => {}, sendReceipt } = options;
  const { deployment = { current: releases.first }, random = createRandom(randomInt(2 ** 32)) } = options;
  const { database = openShopDatabase(collector) } = options;
  const app = new Hono().basePath("/api");
  const accounts = createAccounts();
  const invoices = createInvoices({ collector, pause, onPrinted });
  const advise = createAdvice({ collector, pause });

  app.use(collector.httpMetrics());
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => refuse(c, "The body is too large.", 413) }));

  app.get("/products", (c) => c.json(findProducts(c.req.query("search") ?? "")));

  app.get("/products/:id", async (c) => {
    if (deployment.current.isFaulty) await waitForReviews();
    const product = await database.findProduct(c.req.param("id"));
    return product ? c.json(product) : refuse(c, "No such product.", 404);
  });

  app.get("/advice", advise);

  app.post("/checkout", async (c) => {
    const request = readOrderRequest(await readJson(c));
    if (typeof request === "string") return refuse(c, request);
    await pay(request);
    const order = createOrder(request);
    await database.addOrder(order);
    invoices.add(order);
    // Not awaited and not caught on purpose: what it throws appears in `app_exceptions_total`.
    void sendReceipt?.(order);
    await collector.trackConversion("purchase", {
      id: order.id,
      value: order.total / 100,
      currency: order.currency,
      payment_method: request.paymentMethod,
      experience: experienceOf(c.req.header("baggage")),
    });
    return c.json(order, 201);
  });

  app.post("/orders/:id/refund", async (c) => {
    const order = await database.refundOrder(c.req.param("id"));
    if (!order) return refuse(c, "There is no such order, or it was paid back before.", 404);
    await collector.trackRefund("purchase", {
      id: order.id,
      value: order.total / 100,
      currency: order.currency,
    });
    return c.json(order);
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
    await collector.trackAction(account ? "login" : "login_refused");
    return account ? c.json({ email: account.email }) : refuse(c, "Wrong address or password.", 401);
  });

  // Nothing to forget here: who is logged in, only the page knows.
  app.post("/logout", async (c) => {
    await collector.trackAction("logout");
    return c.json({});
  });

  // Slow and broken on purpose, to be seen on the live page.
  app.get("/slow", async (c) => {
    const milliseconds = Math.round(random.between(300, 1_500));
    await pause(milliseconds);
    return c.json({ milliseconds });
  });
  app.get("/fail", () => {
    throw new Error("This endpoint always fails.");
  });
  app.all("*", (c) => refuse(c, "No such endpoint.", 404));

  app.onError((error, c) => {
    collector.trackError(error);
    return refuse(c, "The shop has made a mistake.", 500);
  });

  return app;

  /** The fault of a release: its product page waits for reviews, and one in ten times they do not arrive. */
  async function waitForReviews(): Promise<void> {
    await pause(random.between(600, 1_500));
    if (random.chance(0.1)) throw new Error("The reviews of this product did not arrive in time.");
  }

  /** Plays the payment provider: 80 to 400 ms, and never a refusal. */
  async function pay({ paymentMethod }: OrderRequest): Promise<void> {
    const start = performance.now();
    await pause(random.between(80, 400));
    await collector.measure("payment_duration", (performance.now() - start) / 1000, {
      payment_method: paymentMethod,
    });
  }
}

function createOrder({ items, currency }: OrderRequest): Order {
  return { id: randomUUID(), total: priceOrder(items, currency), currency };
}

/** The body as JSON; undefined for anything else, which no reader of a body takes for an object. */
async function readJson(c: Context): Promise<unknown> {
  return await c.req.json<unknown>().catch(() => undefined);
}

function refuse(c: Context, error: string, status: 400 | 401 | 404 | 409 | 413 | 500 = 400) {
  return c.json({ error }, status);
}
