import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { type Catalog, type CollectAnswer, defineCatalog, type ErrorAnswer } from "@rumkit/protocol";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import { createCollector } from "./createCollector.ts";
import type { Journal } from "../journal/journal.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id"],
  actions: {
    add_to_cart: { help: "Added.", labels: { category: ["books", "games"] } },
    imported: { help: "Imported.", from: "server" },
  },
  conversions: {
    signup: { help: "Accounts." },
    wish: { help: "Wishes.", value: { money: ["USD"] } },
    purchase: { help: "Orders.", from: "server", value: { money: ["USD", "EUR"] } },
  },
  measurements: {
    search_duration: { help: "Search.", unit: "seconds", buckets: [0.1, 1] },
    wait: { help: "Waiting.", unit: "seconds", buckets: [1], from: "server" },
  },
});

type Shop = typeof catalog;

const session = "f".repeat(32);
const view = { type: "page_view", route: "/product/7" };
const added = {
  type: "action",
  route: "/",
  name: "add_to_cart",
  details: { category: "books", productId: 7 },
};

/** The series of `view`. */
const VIEWS = 'rum_page_views_total{route="/product/:id",navigation="hard",experience="unknown"}';

let batches = 0;
function batchOf(events: readonly unknown[], change: object = {}): string {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  return JSON.stringify({ v: 1, id, seq: 0, session, sentAt: 1, events, ...change });
}

let running: Collector<Shop>;
function start(options: Partial<CollectorOptions<Shop>> = {}): Collector<Shop> {
  running = createCollector({ catalog, runtimeMetrics: false, environment: "development", ...options });
  return running;
}
afterEach(() => running.stop());

const sameOrigin = { origin: "http://shop.example", host: "shop.example" };

async function post(
  app: Hono,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = sameOrigin,
) {
  const response = await app.request("/collect", { method: "POST", body, headers });
  return {
    status: response.status,
    headers: response.headers,
    answer: (await response.json()) as CollectAnswer & ErrorAnswer,
  };
}

describe("a batch", () => {
  test("is counted by the catalog, and acknowledged as kept in memory", async () => {
    const { app } = start();
    const before = await scrape(app);
    const { status, answer } = await post(
      app,
      batchOf([
        { type: "session_start", route: "/" },
        { ...view, count: 2 },
        added,
        { type: "click", route: "/", name: "add" },
        { type: "conversion", route: "/", name: "signup" },
        { type: "conversion", route: "/", name: "wish", amount: 1999, currency: "USD", count: 3 },
        { type: "measurement", route: "/", name: "search_duration", value: 0.3 },
        { type: "LCP", route: "/nowhere", value: 2.5 },
        { type: "error", route: "/", source: "uncaught", name: "TypeError", message: "x" },
        { type: "error", route: "/", source: "rejection", name: "Error", message: "y" },
      ]),
    );
    expect({ status, answer }).toEqual({ status: 202, answer: { accepted: 13 } });
    expect(changes(before, await scrape(app), /^(?!.*(bucket|collect_|active_sessions)).*$/)).toEqual({
      'rum_sessions_total{device="unknown",browser="unknown",connection="unknown"}': 1,
      'rum_sessions_rated_total{experience="good"}': 1,
      [VIEWS]: 2,
      'rum_actions_total{action="add_to_cart",category="books"}': 1,
      'rum_clicks_total{element="add"}': 1,
      'rum_conversions_total{conversion="signup",experience="unknown"}': 1,
      'rum_conversions_total{conversion="wish",experience="unknown"}': 3,
      'rum_conversion_value_total{conversion="wish",currency="USD"}': 59.97,
      rum_search_duration_seconds_sum: 0.3,
      rum_search_duration_seconds_count: 1,
      'rum_lcp_seconds_sum{route="unmatched",navigation="hard"}': 2.5,
      'rum_lcp_seconds_count{route="unmatched",navigation="hard"}': 1,
      'rum_vital_ratings_total{vital="LCP",device="desktop",rating="good"}': 1,
      'rum_lcp_elements_total{part="none",element="none",rating="good"}': 1,
      'rum_js_errors_total{route="/",source="uncaught"}': 1,
      'rum_unhandled_rejections_total{route="/"}': 1,
      rum_batches_accepted_total: 1,
      rum_events_received_total: 13,
      rum_events_accepted_total: 13,
      rum_events_scaled_total: 13,
    });
  });

  test("counts once however often it comes, also 64 times at once", async () => {
    const { app } = start();
    const before = await scrape(app);
    const body = batchOf([view]);
    const replies = await Promise.all(Array.from({ length: 64 }, () => post(app, body)));
    expect(replies.filter(({ answer }) => answer.duplicate)).toHaveLength(63);
    expect(replies.every(({ status, answer }) => status === 202 && answer.accepted === 1)).toBe(true);
    expect(changes(before, await scrape(app), /^rum_(page_views|batches)/)).toEqual({
      [VIEWS]: 1,
      rum_batches_accepted_total: 1,
      rum_batches_duplicate_total: 63,
    });
  });

  test("with an id that stands for another body is a conflict", async () => {
    const { app } = start();
    await post(app, batchOf([view], { id: session }));
    expect(await post(app, batchOf([view, view], { id: session }))).toMatchObject({ status: 409 });
  });

  test("says what the page lost before it, up to a bound that costs the batch nothing", async () => {
    const { app } = start();
    const before = await scrape(app);
    await post(app, batchOf([view], { dropped: { queue_full: 5_000_000, oversize: 1 } }));
    expect(changes(before, await scrape(app), /dropped/)).toEqual({
      'rum_events_dropped_total{reason="queue_full"}': 1_000_000,
      'rum_events_dropped_total{reason="oversize"}': 1,
    });
  });
});

describe("an event that cannot be counted costs itself, not its batch", () => {
  test.each<[fault: string, event: object, code: string]>([
    ["an unknown type", { ...view, type: "teleport" }, "unknown_type"],
    ["an unknown action", { ...added, name: "fly" }, "unknown_name"],
    ["the name of a function that every object has", { ...added, name: "toString" }, "unknown_name"],
    ["a label value outside the set", { ...added, details: { category: "cars" } }, "unknown_label_value"],
    ["a label that is missing", { ...added, details: {} }, "missing_label"],
    ["NaN", { type: "measurement", route: "/", name: "search_duration", value: NaN }, "bad_number"],
    ["a vital beyond ten minutes", { type: "LCP", route: "/", value: 601 }, "bad_number"],
    [
      "revenue that a page claims",
      { type: "conversion", route: "/", name: "purchase", amount: 1, currency: "USD" },
      "server_only",
    ],
  ])("%s", async (_fault, event, code) => {
    const { app } = start();
    const before = await scrape(app);
    const { status, answer } = await post(app, batchOf([view, event, added]));
    expect(status).toBe(202);
    expect(answer).toMatchObject({
      accepted: 2,
      rejected: [{ index: 1, code, message: expect.any(String) }],
    });
    expect(changes(before, await scrape(app), /^(rum_(events|page|actions|conv)|revenue)/)).toEqual({
      [VIEWS]: 1,
      'rum_actions_total{action="add_to_cart",category="books"}': 1,
      rum_events_received_total: 3,
      rum_events_accepted_total: 2,
      rum_events_scaled_total: 2,
      [`rum_events_rejected_total{reason="${code}"}`]: 1,
    });
  });

  test.each<[fault: string, event: object, reason: string]>([
    ["a negative amount", { amount: -5, currency: "USD" }, "bad_amount"],
    ["a fraction of a cent", { amount: 0.1, currency: "USD" }, "bad_amount"],
    ["NaN, which JSON makes null", { amount: Number.NaN, currency: "USD" }, "bad_amount"],
    ["more than a page may claim", { amount: 1e13 + 1, currency: "USD" }, "bad_amount"],
    ["no amount at all", {}, "bad_amount"],
    ["another currency", { amount: 1, currency: "EUR" }, "bad_currency"],
    ["a currency in small letters", { amount: 1, currency: "usd" }, "bad_currency"],
    ["no currency", { amount: 1 }, "bad_currency"],
    ["an invalid text", { details: { value: "19,99", currency: "USD" } }, "bad_amount"],
    ["an empty text", { details: { value: "", currency: "USD" } }, "bad_amount"],
    ["true", { details: { value: true, currency: "USD" } }, "bad_amount"],
    ["too many decimals", { details: { value: 18.999, currency: "USD" } }, "bad_amount"],
  ])("a conversion with %s counts, without an amount", async (_fault, money, reason) => {
    const { app } = start();
    const before = await scrape(app);
    const wish = { type: "conversion", route: "/", name: "wish", count: 3, ...money };
    expect((await post(app, batchOf([view, wish]))).answer).toEqual({ accepted: 4 });
    expect(changes(before, await scrape(app), /^rum_(conversion|events_rejected)/)).toEqual({
      'rum_conversions_total{conversion="wish",experience="unknown"}': 3,
      [`rum_conversions_without_amount_total{conversion="wish",reason="${reason}"}`]: 3,
    });
  });

  test("money of every size and type that a page may have is a claim", async () => {
    const { app } = start();
    const before = await scrape(app);
    const wish = (money: object): object => ({ type: "conversion", route: "/", name: "wish", ...money });
    await post(
      app,
      batchOf([
        view,
        wish({ amount: 1e13, currency: "USD" }),
        wish({ details: { value: "19.90", currency: "USD" } }),
        wish({ details: { value: 15_000_000, currency: "USD" } }),
      ]),
    );
    expect(changes(before, await scrape(app), /^rum_conversion_(value|without)/)).toEqual({
      'rum_conversion_value_total{conversion="wish",currency="USD"}': 100_015_000_019.9,
    });
  });

  test("is counted as often as it says that it happened", async () => {
    const { app } = start();
    const vital = { type: "LCP", route: "/", value: -1, count: 2 };
    await post(app, batchOf([view, { ...added, name: "fly", count: 500 }, vital]));
    const totals = await scrape(app);
    expect(totals.get('rum_events_rejected_total{reason="unknown_name"}')).toBe(500);
    expect(totals.get('rum_events_rejected_total{reason="bad_number"}')).toBe(2);
  });

  test("in development a sentence names the call, and the name that was meant", async () => {
    const { app } = start();
    const measurement = { type: "measurement", route: "/", name: "cart_size" };
    const { answer } = await post(
      app,
      batchOf([
        view,
        { ...added, name: "add_to_crat" },
        { ...added, name: "n".repeat(9_000) },
        { ...measurement, value: "12" },
        { type: "LCP", route: "/", value: -1 },
        { type: "toString" },
        { type: "__proto__", name: {} },
        7,
      ]),
    );
    expect(answer.rejected?.map(({ message }) => message)).toEqual([
      'trackAction("add_to_crat") was refused: unknown name. Did you mean "add_to_cart"?',
      expect.stringMatching(/^trackAction\("n{128}"\) was refused: unknown name. Known: /),
      expect.stringMatching(/^measure\("cart_size"\) was refused: value must be /),
      expect.stringMatching(/^An event of type "LCP" was refused: value must be /),
      expect.stringMatching(/^An event of type "toString" was refused: /),
      expect.stringMatching(/^An event of type "__proto__" was refused: /),
      expect.stringMatching(/^An event without a type was refused: /),
    ]);
  });

  test("a sentence says so where the catalog declares nothing of the kind", async () => {
    const { app } = start();
    const { answer } = await post(app, batchOf([view, { type: "feature", route: "/", name: "dark_mode" }]));
    expect(answer.rejected?.map(({ message }) => message)).toEqual([
      'trackFeature("dark_mode") was refused: unknown name. The catalog declares no feature that may be reported here.',
    ]);
  });

  test("in production the reason is a code without a sentence", async () => {
    const { app } = start({ environment: "production" });
    const { answer } = await post(app, batchOf([view, { ...added, name: "fly" }]));
    expect(answer.rejected).toEqual([{ index: 1, code: "unknown_name" }]);
  });

  test("a batch without any event to count is refused, and its id stays free", async () => {
    const { app } = start();
    const refused = await post(app, batchOf([{ ...added, name: "fly" }], { id: session }));
    const message = 'trackAction("fly") was refused: unknown name. Known: add_to_cart';
    expect(refused).toMatchObject({
      status: 422,
      answer: { error: { code: "no_valid_event", message: expect.stringContaining(message) } },
    });
    expect(await post(app, batchOf([view], { id: session }))).toMatchObject({
      status: 202,
      answer: { accepted: 1 },
    });
  });
});

const chunked = (body: string): RequestInit =>
  ({ body: new Blob([body]).stream(), duplex: "half" }) as RequestInit;

describe("a request that is refused as a whole is answered by code and counted by reason", () => {
  const cases: [fault: string, init: RequestInit, status: number, code: string][] = [
    ["not JSON", { body: "{" }, 400, "bad_json"],
    ["nothing", { body: "" }, 400, "empty_body"],
    ["no batch", { body: '{"v":1}' }, 422, "bad_batch_id"],
    ["an unknown version", { body: batchOf([view], { v: 2 }) }, 422, "bad_version"],
    ["more than 64 KiB", { body: " ".repeat(65_537) }, 413, "too_large"],
    ["more than 64 KiB without saying so", chunked(" ".repeat(200_000)), 413, "too_large"],
    ["no gzip", { body: "x", headers: { "content-encoding": "gzip" } }, 400, "bad_encoding"],
    [
      "compressed otherwise",
      { body: "x", headers: { "content-encoding": "br" } },
      415,
      "unsupported_encoding",
    ],
    [
      "from another origin",
      { body: batchOf([view]), headers: { origin: "https://evil.example" } },
      403,
      "origin_denied",
    ],
    ["of another app", { body: batchOf([view], { app: "other" }) }, 403, "unknown_app"],
  ];

  test.each(cases)("%s, in process", async (_fault, init, status, code) => {
    const { app } = start();
    const before = await scrape(app);
    const headers = { ...sameOrigin, ...(init.headers as object) };
    const response = await app.request("/collect", { method: "POST", ...init, headers });
    expect([response.status, ((await response.json()) as ErrorAnswer).error.code]).toEqual([status, code]);
    expect(changes(before, await scrape(app), /^rum_(batches|events|page)/)).toEqual({
      [`rum_batches_rejected_total{reason="${code}"}`]: 1,
    });
  });

  test("the same over a socket, and the process goes on", async () => {
    const { app } = start();
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const [fault, init, status, code] of cases.map((row) => row)) {
      const body = fault.includes("without saying so") ? chunked(" ".repeat(200_000)) : init;
      const headers = { origin, ...(init.headers as object) };
      const response = await fetch(`${origin}/collect`, { method: "POST", ...body, headers });
      expect([fault, response.status, ((await response.json()) as ErrorAnswer).error.code]).toEqual([
        fault,
        status,
        code,
      ]);
    }
    const counted = await fetch(`${origin}/collect`, {
      method: "POST",
      body: batchOf([view]),
      headers: { origin },
    });
    expect(counted.status).toBe(202);
    server.close();
  });

  test("a journal that cannot keep the batch: 503, nothing counted, and the same batch counts later", async () => {
    let full = true;
    const journal: Journal = {
      durable: true,
      saved: [],
      fold: () => {},
      append: async () => {
        if (full) throw new Error("disk full");
        return "appended";
      },
      close: async () => {},
    };
    const { app } = start({ journal });
    const body = batchOf([view]);
    const refused = await post(app, body);
    expect(refused).toMatchObject({ status: 503, answer: { error: { code: "journal_failed" } } });
    expect(refused.headers.get("retry-after")).toBe("2");
    full = false;
    expect(await post(app, body)).toMatchObject({ status: 200, answer: { accepted: 1 } });
    expect((await scrape(app)).get(VIEWS)).toBe(1);
  });
});

describe("mounted behind middleware that reads the body", () => {
  test.each(["text", "bodyLimit"])("%s: the batch is counted all the same", async (reader) => {
    const { app: routes } = start();
    const app = new Hono();
    if (reader === "text") {
      app.use(async (c, next) => {
        await c.req.text();
        await next();
      });
    } else {
      app.use(bodyLimit({ maxSize: 100_000 }));
    }
    app.route("/", routes);
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
    await once(server, "listening");
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const body of [batchOf([view]), chunked(batchOf([view])).body!]) {
      const init = { method: "POST", body, headers: { origin }, duplex: "half" } as RequestInit;
      expect((await fetch(`${origin}/collect`, init)).status).toBe(202);
    }
    server.close();
  });
});

describe("cross-origin pages", () => {
  const origin = "https://shop.example";
  const options = { allowedOrigins: [origin] };

  test("of a listed origin are counted and may read the answer", async () => {
    const { status, headers } = await post(start(options).app, batchOf([view]), {
      origin,
      host: "rum.example",
    });
    expect([status, headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([
      202,
      origin,
      "Origin",
    ]);
  });

  test("of another origin are refused and may not read why in production", async () => {
    const { app } = start({ ...options, environment: "production" });
    const { status, headers } = await post(app, batchOf([view]), {
      origin: "https://evil.example",
    });
    expect([status, headers.get("access-control-allow-origin")]).toEqual([403, null]);
  });

  test.each([
    [origin, origin],
    ["https://evil.example", null],
  ])("a preflight of %s allows %s in production", async (asking, allowed) => {
    const response = await start({ ...options, environment: "production" }).app.request("/collect", {
      method: "OPTIONS",
      headers: { origin: asking },
    });
    expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([204, allowed]);
  });
});

describe("server code", () => {
  test("reports money that is exact, once for each order", async () => {
    const { app, trackConversion } = start();
    for (let order = 0; order < 100; order += 1) {
      expect(await trackConversion("purchase", { id: String(order), value: 19.99, currency: "USD" })).toBe(
        "counted",
      );
    }
    expect(await trackConversion("purchase", { id: "7", value: 19.99, currency: "USD" })).toBe("duplicate");
    expect(await trackConversion("purchase", { value: 0.01, currency: "EUR" })).toBe("counted");
    const totals = await scrape(app);
    expect(totals.get('revenue_total{conversion="purchase",currency="USD"}')).toBe(1999);
    expect(totals.get('revenue_total{conversion="purchase",currency="EUR"}')).toBe(0.01);
    expect(totals.get('conversions_total{conversion="purchase"}')).toBe(101);
    expect(totals.get("rum_tracked_events_duplicate_total")).toBe(1);
  });

  test("tells orders apart by an id that is one, and by nothing else", async () => {
    const { app, trackConversion, trackAction, measure } = start({ environment: "production" });
    const order = (id: unknown) => trackConversion("purchase", { id, value: 1, currency: "USD" } as never);
    expect([await order(7n), await order(7n), await order("7")]).toEqual([
      "counted",
      "duplicate",
      "duplicate",
    ]);
    expect([await order(""), await order({}), await order(null)]).toEqual([
      "rejected",
      "rejected",
      "rejected",
    ]);
    expect([await trackAction("imported", { id: "a" }), await trackAction("imported", { id: "a" })]).toEqual([
      "counted",
      "counted",
    ]);
    await measure("wait", 0.5, { value: 5 });
    expect((await scrape(app)).get("wait_seconds_sum")).toBe(0.5);
  });

  test.each<[fault: string, details: unknown, reason: string]>([
    [
      "details that throw when they are read",
      Object.defineProperty({}, "value", { enumerable: true, get: () => JSON.parse("{") as number }),
      "bad_event",
    ],
  ])("that reports %s gets no exception, but a counter with the reason", async (_fault, details, reason) => {
    const { app, trackConversion } = start({ environment: "production" });
    expect(await trackConversion("purchase", details as never)).toBe("rejected");
    expect((await scrape(app)).get(`rum_tracked_events_rejected_total{reason="${reason}"}`)).toBe(1);
  });

  test.each<[fault: string, details: unknown, reason: string]>([
    ["a fraction of a cent", { value: 0.001, currency: "USD" }, "bad_amount"],
    ["NaN", { value: NaN, currency: "USD" }, "bad_amount"],
    ["a negative price", { value: -1, currency: "USD" }, "bad_amount"],
    ["a text of another country", { value: "19,99", currency: "USD" }, "bad_amount"],
    ["a date", { value: new Date(), currency: "USD" }, "bad_amount"],
    ["a price that is null in the database", { value: null, currency: "USD" }, "bad_amount"],
    ["another currency", { value: 1, currency: "GBP" }, "bad_currency"],
    ["no currency", { value: 1 }, "bad_currency"],
    ["nothing", undefined, "bad_amount"],
  ])("that reports an order with %s counts it, without an amount", async (_fault, details, reason) => {
    const { app, trackConversion } = start({ environment: "production" });
    const warned: string[] = [];
    const listen = (warning: Error): void => void warned.push(warning.message);
    process.on("warning", listen);
    onTestFinished(() => void process.off("warning", listen));
    const before = await scrape(app);
    const report = (): Promise<string> => trackConversion("purchase", details as never);
    expect([await report(), await report()]).toEqual(["counted_without_amount", "counted_without_amount"]);
    expect(changes(before, await scrape(app), /^(conversions|revenue|rum_tracked)/)).toEqual({
      'conversions_total{conversion="purchase"}': 2,
      [`conversions_without_amount_total{conversion="purchase",reason="${reason}"}`]: 2,
    });
    // Once for each kind, in production too.
    await expect.poll(() => warned.filter((message) => message.includes("purchase"))).toHaveLength(1);
  });

  test("that reports what only pages may, or a name that is not declared, is refused", async () => {
    // As plain JavaScript sees it: without the catalog's types.
    const { trackConversion, trackAction } = start({
      environment: "production",
    }) as unknown as Collector<Catalog>;
    expect(await trackConversion("signup")).toBe("rejected");
    expect(await trackAction(42 as unknown as string)).toBe("rejected");
  });
});

describe("the life of a collector", () => {
  test("is alive and ready, then draining: not ready, and it counts what comes until it stops", async () => {
    const { app, drain, stop } = start();
    expect((await app.request("/readyz")).status).toBe(200);
    drain();
    expect((await app.request("/readyz")).status).toBe(503);
    expect((await app.request("/healthz")).status).toBe(200);
    expect((await post(app, batchOf([view]))).status).toBe(202);
    await stop();
    const { status, headers } = await post(app, batchOf([view]));
    expect([status, headers.get("retry-after")]).toEqual([503, "2"]);
  });

  test("stop waits for what is being counted", async () => {
    const closed: string[] = [];
    const begun = Promise.withResolvers<void>();
    const journal: Journal = {
      durable: false,
      saved: [],
      fold: () => {},
      append: async () => {
        begun.resolve();
        await new Promise((resolve) => setTimeout(resolve, 30));
        closed.push("appended");
        return "appended";
      },
      close: async () => void closed.push("closed"),
    };
    const { app, stop } = start({ journal });
    const reply = post(app, batchOf([view]));
    await begun.promise;
    await stop();
    expect(closed).toEqual(["appended", "closed"]);
    expect((await reply).status).toBe(202);
  });

  test("stop refuses a body that is still on its way, and every new stream", async () => {
    const { app, stop } = start();
    let finish: (() => void) | undefined;
    const body = new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(batchOf([view])));
        finish = () => controller.close();
      },
    });
    const reply = app.request("/collect", {
      method: "POST",
      body,
      headers: sameOrigin,
      duplex: "half",
    } as RequestInit);
    const stopped = stop();
    finish?.();
    await stopped;
    expect((await reply).status).toBe(503);
    expect((await app.request("/realtime/metrics")).status).toBe(503);
  });

  test("the exposition has its version in the content type", async () => {
    const response = await start().app.request("/metrics");
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  });

  test("every request to a mounted collector answers below its prefix", async () => {
    const parent = new Hono().route("/rum", start().app);
    expect((await parent.request("/rum/healthz")).status).toBe(200);
  });
});
