import type { Collector } from "@rumkit/server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { catalog } from "./catalog.ts";
import { createMail } from "./mail.ts";
import { readAccount, readLogin, readPurchase, readSession } from "./readBody.ts";
import { createSessions } from "./sessions.ts";
import type { Store } from "./store.ts";

export interface ApiOptions {
  readonly collector: Collector<typeof catalog>;
  readonly store: Store;
  /** Decides which calls of `/simulate-error` fail: numbers from 0 up to 1. */
  readonly random: () => number;
  /** True while the server ends. Default never. */
  readonly isStopping?: () => boolean;
}

const MAX_BODY_BYTES = 4_096;

/** Creates the second tier. Bad input is answered with 4xx and a reason. */
export function createApi({ collector, store, random, isStopping = () => false }: ApiOptions): Hono {
  const { trackAction, trackConversion, timed } = collector;
  const sessions = createSessions();
  const mail = createMail(collector);
  collector.observeGauge("sessions_open", sessions.count);
  const api = new Hono();

  // The one line that counts and times all requests.
  api.use("/api/*", collector.httpMetrics());
  api.use("/simulate-error", collector.httpMetrics());
  api.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => refuse(c, "The body is too large.", 413) }));

  api.use("/api/*", async (c, next) => {
    if (c.req.method !== "POST" || (await readJson(c)) !== undefined) return await next();
    return refuse(c, 'The body must be JSON, such as {"username": "ada"}.');
  });

  api.post("/api/register", async (c) => {
    const account = readAccount(await readJson(c));
    if (typeof account === "string") return refuse(c, account);
    const id = await store.addUser(account);
    if (id === undefined) return refuse(c, "This username is taken.", 409);
    await trackConversion("signup", { id });
    mail.send(account.email);
    return c.json({ status: "success", id }, 201);
  });

  api.post("/api/login", async (c) => {
    const login = readLogin(await readJson(c));
    if (typeof login === "string") return refuse(c, login);
    const isKnown = await store.isUser(login.username, login.password);
    await trackAction(isKnown ? "login" : "login_refused");
    if (!isKnown) return refuse(c, "Wrong username or password.", 401);
    return c.json({ status: "success", session: sessions.open(login.username) });
  });

  api.post("/api/logout", async (c) => {
    const session = readSession(await readJson(c));
    if (session === undefined || !sessions.close(session)) return refuse(c, "No such session.", 401);
    await trackAction("logout");
    return c.json({ status: "success" });
  });

  api.post("/api/purchase", async (c) => {
    const purchase = readPurchase(await readJson(c));
    if (typeof purchase === "string") return refuse(c, purchase);
    const { id, amount, paymentMethod, category } = await store.addOrder(purchase);
    await trackConversion("purchase", {
      id,
      value: amount,
      currency: "USD",
      payment_method: paymentMethod,
      product_category: category,
    });
    return c.json({ status: "success", id, amount }, 201);
  });

  api.get("/api/products", async (c) => c.json(await store.listProducts()));
  api.get("/api/orders", async (c) => c.json(await store.listOrders()));
  api.get("/api/analytics/dashboard", async (c) => c.json(await timed("dashboard", store.sumUp)));

  api.get("/simulate-error", (c) => {
    if (random() < 0.5) throw new Error("Simulated error");
    return c.text("Success");
  });

  api.get("/health", (c) => c.json({ status: "ok" }));
  api.get("/ready", async (c) => {
    if (isStopping()) return refuse(c, "The server stops.", 503);
    const isReady = await store.ping().then(
      () => true,
      () => false,
    );
    return isReady ? c.json({ status: "ready" }) : refuse(c, "The database does not answer.", 503);
  });
  api.all("/api/*", (c) => refuse(c, "No such endpoint.", 404));

  api.onError((error, c) => {
    collector.trackError(error);
    return refuse(c, "The API has made a mistake.", 500);
  });
  return api;
}

/** The body as JSON; undefined if it is invalid. */
function readJson(c: Context): Promise<unknown> {
  return c.req.json<unknown>().catch(() => undefined);
}

function refuse(c: Context, error: string, status: ContentfulStatusCode = 400): Response {
  return c.json({ status: "error", error }, status);
}
