import { createCollector } from "@rumkit/server";
import { expect, onTestFinished, test } from "vitest";
import { changes, scrape } from "../../test/support/scrape.ts";
import { createApi } from "./api.ts";
import { catalog } from "./catalog.ts";
import { type Database, openEmbedded } from "./database.ts";
import { createRandom } from "./random.ts";
import { openStore } from "./store.ts";

/** The API on an embedded database, and what was counted since. */
async function open() {
  const collector = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  const embedded = openEmbedded(collector);
  let isBroken = false;
  const database: Database = {
    ...embedded,
    query: async (...query) => {
      if (isBroken) throw new Error("The connection is lost.");
      return embedded.query(...query);
    },
  };
  const api = createApi({ collector, store: await openStore(database, collector), random: createRandom(1) });
  const before = await scrape(collector.app);
  return {
    breakDatabase: () => {
      isBroken = true;
    },
    get: (path: string) => api.request(path),
    post: async (path: string, body: unknown) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const response = await api.request(path, { method: "POST", body: text });
      return { status: response.status, body: (await response.json()) as Record<string, string> };
    },
    counted: async (families: RegExp) => changes(before, await scrape(collector.app), families),
  };
}

const ADMIN = { username: "admin", password: "password" };

test("an account is counted once, however often its name is asked for at the same time", async () => {
  const { post, counted } = await open();
  const body = { username: "testuser", email: "test@example.com" };
  const answers = await Promise.all(Array.from({ length: 5 }, () => post("/api/register", body)));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409, 409, 409, 409]);
  expect(await counted(/^user_registrations_total/)).toEqual({ user_registrations_total: 1 });
});

test("an account without a password opens no session, and a wrong password is counted", async () => {
  const { post, counted } = await open();
  await post("/api/register", { username: "testuser", email: "test@example.com" });
  for (const login of [
    { username: "testuser", password: "x" },
    { ...ADMIN, password: "wrong" },
    { username: "unknown", password: "x" },
  ])
    expect((await post("/api/login", login)).status).toBe(401);
  expect((await post("/api/login", ADMIN)).status).toBe(200);
  expect(await counted(/^(user_log|failed_login|sessions_open)/)).toEqual({
    failed_login_attempts_total: 3,
    user_logins_total: 1,
    sessions_open: 1,
  });
});

test("orders are kept and counted to the cent, and bad ones are neither", async () => {
  const { post, get, counted } = await open();
  for (const amount of [0.1, 0.2, 29.99])
    expect((await post("/api/purchase", { payment_method: "card", amount })).status).toBe(201);
  for (const body of [
    "[]",
    "null",
    '{"payment_method":"card","amount":1e999}',
    { payment_method: "card", amount: 0 },
    { payment_method: "card", amount: 1.005 },
    { payment_method: "card", amount: 100_000.01 },
    { payment_method: "__proto__", amount: 1 },
    { payment_method: "card", amount: 1, product_category: "boats" },
  ]) {
    const { status, body: answer } = await post("/api/purchase", body);
    expect([status, answer["error"]]).toEqual([400, expect.stringMatching(/^[a-z_]+ must be .+\.$/)]);
  }
  expect(await (await get("/api/analytics/dashboard")).json()).toEqual({
    users: 1,
    orders: 3,
    revenue: 30.29,
  });
  expect(await (await get("/api/orders")).json()).toHaveLength(3);
  const series = 'orders_created_total{payment_method="card",product_category="electronics"}';
  expect(await counted(/^(orders_created|revenue_total_dollars)/)).toEqual({
    [series]: 3,
    'revenue_total_dollars{conversion="purchase",currency="USD"}': 30.29,
  });
});

test("a body that is not JSON is answered with an example, and counted as 400", async () => {
  const { post, counted } = await open();
  for (const path of ["/api/register", "/api/login", "/api/logout", "/api/purchase"])
    expect(await post(path, "{'username': 'ada'}")).toEqual({
      status: 400,
      body: { status: "error", error: 'The body must be JSON, such as {"username": "ada"}.' },
    });
  const requests = await counted(/^http_requests_total/);
  expect(Object.keys(requests)).toHaveLength(4);
  expect(requests['http_requests_total{method="POST",route="/api/login",status="400"}']).toBe(1);
});

test("/simulate-error fails half of the time, the same times for the same seed", async () => {
  const runs = [await open(), await open()].map(async ({ get }) => {
    const statuses: number[] = [];
    for (let round = 0; round < 200; round += 1) statuses.push((await get("/simulate-error")).status);
    return statuses;
  });
  const [first, second] = await Promise.all(runs);
  expect(first).toEqual(second);
  expect(first!.filter((status) => status === 500).length / 200).toBeCloseTo(0.5, 1);
});

test("a database that is lost fails requests, which are counted, and /ready but not /health", async () => {
  const { breakDatabase, post, get, counted } = await open();
  breakDatabase();
  const { status, body } = await post("/api/purchase", { payment_method: "card", amount: 1 });
  expect([status, body["error"]]).toEqual([500, "The API has made a mistake."]);
  expect([(await get("/health")).status, (await get("/ready")).status]).toEqual([200, 503]);
  expect((await get("/api/nothing")).status).toBe(404);
  expect(await counted(/^(app_errors|orders_created|conversions)/)).toEqual({
    'app_errors_total{error_type="Error",severity="error"}': 1,
  });
});
