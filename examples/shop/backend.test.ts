import { createCollector } from "@rumkit/server";
import { describe, expect, onTestFinished, test } from "vitest";
import { createShop } from "./backend.ts";
import { catalog } from "./catalog.ts";
import { MAX_QUANTITY } from "./orders.ts";
import { products } from "./products.ts";

function openShop() {
  const collector = createCollector({ catalog });
  onTestFinished(() => collector.stop());
  const app = createShop({ collector, pause: () => Promise.resolve() });

  return {
    get: async (path: string) => app.request(path),
    post: async (path: string, body: unknown, headers: Record<string, string> = {}) =>
      app.request(path, {
        method: "POST",
        headers,
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    /** The lines of `/metrics` that begin so. */
    metrics: async (start: string): Promise<string[]> => {
      const text = await (await collector.app.request("/metrics")).text();
      return text.split("\n").filter((line) => line.startsWith(start));
    },
  };
}

const order = {
  items: [{ id: "salt-roads", quantity: 2 }],
  paymentMethod: "card",
  currency: "USD",
};

describe("products", () => {
  test("are all listed without a search", async () => {
    const { get } = openShop();
    expect(await (await get("/api/products")).json()).toEqual(products);
  });

  test("are found by title, maker and category in any case", async () => {
    const { get } = openShop();
    for (const [term, id] of [
      ["OWLS", "a-field-of-owls"],
      ["idris", "copper-hours"],
      ["games", "harbour-lights"],
    ]) {
      const found: { id: string }[] = await (await get(`/api/products?search=${term}`)).json();
      expect(found[0]?.id).toBe(id);
    }
  });

  test("that the shop does not sell are a 404 with a reason", async () => {
    const { get } = openShop();
    const answer = await get("/api/products/__proto__");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({ error: "No such product." });
  });

  test("are counted by route pattern, never by path", async () => {
    const { get, metrics } = openShop();
    for (const { id } of products) await get(`/api/products/${id}`);
    const [line, ...others] = await metrics("http_requests_total");
    expect(others).toEqual([]);
    expect(line).toContain('route="/api/products/:id"');
    expect(line).toMatch(new RegExp(` ${products.length}$`));
  });
});

describe("checkout", () => {
  test("prices the order itself and counts its money to the cent", async () => {
    const { post, metrics } = openShop();
    const items = [
      { id: "salt-roads", quantity: 3, price: 1 },
      { id: "copper-hours", quantity: 1, price: 1 },
    ];
    const answer = await post("/api/checkout", { ...order, items, total: 1 });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ total: 3 * 1999 + 1099, currency: "USD" });
    expect(await metrics('revenue_total{conversion="purchase",currency="USD",experience="unknown"')).toEqual([
      'revenue_total{conversion="purchase",currency="USD",experience="unknown"} 70.96',
    ]);
  });

  test("counts the money of an order by what the session had experienced, as its baggage says", async () => {
    const { post, metrics } = openShop();
    await post("/api/checkout", order, { baggage: "tenant=7, rum.experience=poor" });
    const lines = await metrics('revenue_total{conversion="purchase",currency="USD"');
    expect(lines.filter((line) => !line.endsWith(" 0"))).toEqual([
      expect.stringContaining('experience="poor"'),
    ]);
  });

  test("counts an order by how it was paid", async () => {
    const { post, metrics } = openShop();
    await post("/api/checkout", { ...order, paymentMethod: "paypal", currency: "EUR" });
    await post("/api/checkout", order);
    const lines = await metrics('conversions_total{conversion="purchase"');
    expect(lines.map((line) => line.replace(/^.*payment_method/, ""))).toEqual(
      expect.arrayContaining(['="paypal",experience="unknown"} 1', '="card",experience="unknown"} 1']),
    );
  });

  const wrongOrders: [why: string, body: unknown][] = [
    ["is not JSON", "{"],
    ["is null", null],
    ["is a list", [order]],
    ["has no items", { ...order, items: [] }],
    ["has more lines than products", { ...order, items: Array(products.length + 1).fill(order.items[0]) }],
    ["names no product of ours", { ...order, items: [{ id: "toString", quantity: 1 }] }],
    ["has a line that is null", { ...order, items: [null] }],
    ["has a quantity of nothing", { ...order, items: [{ id: "salt-roads", quantity: 0 }] }],
    ["has half a product", { ...order, items: [{ id: "salt-roads", quantity: 0.5 }] }],
    ["has a negative quantity", { ...order, items: [{ id: "salt-roads", quantity: -1 }] }],
    ["has too many", { ...order, items: [{ id: "salt-roads", quantity: MAX_QUANTITY + 1 }] }],
    ["has a quantity in letters", { ...order, items: [{ id: "salt-roads", quantity: "2" }] }],
    ["pays in cash", { ...order, paymentMethod: "cash" }],
    ["pays in another currency", { ...order, currency: "JPY" }],
  ];
  test.each(wrongOrders)("refuses an order that %s, and counts no money", async (_why, body) => {
    const { post, metrics } = openShop();
    const answer = await post("/api/checkout", body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.stringMatching(/\.$/) });
    for (const line of await metrics("revenue_total")) expect(line).toMatch(/ 0$/);
  });

  test("refuses a body that no order needs", async () => {
    const { post } = openShop();
    expect((await post("/api/checkout", { ...order, note: "x".repeat(5_000) })).status).toBe(413);
  });
});

describe("refunds", () => {
  test("pay an order back once, and leave revenue as it was", async () => {
    const { post, metrics } = openShop();
    const { id, total } = await (await post("/api/checkout", order)).json();
    expect(await (await post(`/api/orders/${id}/refund`, {})).json()).toEqual({ id, total, currency: "USD" });
    expect((await post(`/api/orders/${id}/refund`, {})).status).toBe(404);
    expect((await post("/api/orders/nothing/refund", {})).status).toBe(404);
    const [paid] = await metrics('revenue_total{conversion="purchase",currency="USD",experience="unknown"');
    const [paidBack] = await metrics('refunds_total{conversion="purchase",currency="USD"');
    expect(paidBack?.split(" ")[1]).toBe(paid?.split(" ")[1]);
  });
});

describe("accounts", () => {
  const credentials = { email: "Mo@shop.example", password: "correct horse" };

  test("open once for an address, and count one signup", async () => {
    const { post, metrics } = openShop();
    expect((await post("/api/register", credentials)).status).toBe(201);
    expect((await post("/api/register", { ...credentials, email: "mo@shop.example" })).status).toBe(409);
    const [line] = await metrics('conversions_total{conversion="signup"');
    expect(line).toMatch(/ 1$/);
  });

  test("let in with the right password only", async () => {
    const { post, metrics } = openShop();
    await post("/api/register", credentials);
    expect((await post("/api/login", credentials)).status).toBe(200);
    expect((await post("/api/login", { ...credentials, password: "wrong horse" })).status).toBe(401);
    expect((await post("/api/login", { ...credentials, email: "no@shop.example" })).status).toBe(401);
    expect((await post("/api/logout", {})).status).toBe(200);
    expect(await metrics("actions_total{")).toEqual([
      'actions_total{action="login"} 1',
      'actions_total{action="logout"} 1',
      'actions_total{action="login_refused"} 2',
    ]);
  });

  const wrongCredentials: [why: string, body: unknown][] = [
    ["nothing", null],
    ["no address", { ...credentials, email: "nobody" }],
    ["an address that is a number", { ...credentials, email: 7 }],
    ["a short password", { ...credentials, password: "1234567" }],
    ["no password", { email: credentials.email }],
  ];
  test.each(wrongCredentials)("refuse %s", async (_why, body) => {
    const { post } = openShop();
    expect((await post("/api/register", body)).status).toBe(400);
    expect((await post("/api/login", body)).status).toBe(400);
  });
});

test("the broken endpoint fails, and is counted as a failure", async () => {
  const { get, metrics } = openShop();
  expect((await get("/api/fail")).status).toBe(500);
  expect((await metrics("http_requests_total")).join()).toContain('status="5xx"');
});

test("an endpoint that does not exist is a 404 in JSON", async () => {
  const { get } = openShop();
  const answer = await get("/api/nothing/here");
  expect(answer.status).toBe(404);
  expect(await answer.json()).toEqual({ error: "No such endpoint." });
});
