import { request as sendRequest } from "node:http";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { serve } from "@hono/node-server";
import { defineCatalog, type HttpSpec } from "@rumkit/protocol";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { changes, type Scrape, scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "../collector/createCollector.ts";
import type { HttpMetricsOptions } from "./httpMetrics.ts";

/** A shop that counts, and what it counted. `send` sends a request over a socket, and reads the answer. */
async function openShop(options: { http?: HttpSpec; metrics?: HttpMetricsOptions } = {}) {
  const collector = createCollector({
    catalog: defineCatalog({ app: "shop", routes: ["/"], ...(options.http && { http: options.http }) }),
    runtimeMetrics: false,
  });
  onTestFinished(() => collector.stop());
  const shop = new Hono();
  shop.use(collector.httpMetrics(options.metrics));
  shop.route("/", collector.app);
  const before = await scrape(collector.app);
  let origin: string | undefined;
  const address = async (): Promise<string> => {
    origin ??= await listen(serve({ fetch: shop.fetch, port: 0, hostname: "127.0.0.1" }));
    return origin;
  };
  return {
    shop,
    collector,
    address,
    send: async (path: string, init?: RequestInit) => {
      const response = await fetch((await address()) + path, init);
      return { status: response.status, text: await response.text() };
    },
    /** By how much the families that begin so went up. */
    counted: async (families: string): Promise<Record<string, number>> => {
      const after = await scrape(collector.app);
      return changes(before, after, new RegExp(`^${families}`));
    },
    totals: (): Promise<Scrape> => scrape(collector.app),
  };
}

describe("what a request counts as", () => {
  test("its method, route pattern and class of status, whatever the path was", async () => {
    const { shop, send, counted } = await openShop();
    shop.get("/product/:id", (c) => c.text("ok"));
    await send("/product/1");
    await send("/product/2");
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/product/:id",status="2xx"}': 2,
    });
    expect(await counted("http_request_duration_seconds_count")).toEqual({
      'http_request_duration_seconds_count{method="GET",route="/product/:id"}': 2,
    });
  });

  test("its exact status if the catalog asks for it", async () => {
    const { shop, send, counted } = await openShop({ http: { status: "code" } });
    shop.post("/orders", (c) => c.text("made", 201));
    await send("/orders", { method: "POST" });
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="POST",route="/orders",status="201"}': 1,
    });
  });

  test("a handler that throws counts as a server error", async () => {
    const { shop, send, counted } = await openShop();
    shop.get("/fail", () => {
      throw new Error("broken");
    });
    shop.onError((_error, c) => c.text("sorry", 503));
    await send("/fail");
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/fail",status="5xx"}': 1,
    });
  });

  test("what is thrown and no Error counts as one too", async () => {
    const { shop, send, counted } = await openShop();
    shop.get("/fail", () => {
      // oxlint-disable-next-line typescript/only-throw-error -- Apps do.
      throw "broken";
    });
    expect((await send("/fail")).status).toBe(500);
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/fail",status="5xx"}': 1,
    });
  });

  test("an early answer counts for the endpoint that it was for", async () => {
    const { shop, send, counted } = await openShop();
    shop.use("/admin/*", async (c) => c.text("no", 401));
    shop.get("/admin/users/:id", (c) => c.text("ok"));
    await send("/admin/users/1");
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/admin/users/:id",status="4xx"}': 1,
    });
  });

  test("a page for every other path takes no request from the routes before it", async () => {
    const { shop, send, counted } = await openShop();
    shop.get("/product/:id", (c) => c.text("ok"));
    shop.get("*", (c) => c.text("page"));
    await send("/product/1");
    await send("/anything");
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/product/:id",status="2xx"}': 1,
      'http_requests_total{method="GET",route="/*",status="2xx"}': 1,
    });
  });

  test("a handler that passes on does not give its name to the one that answers", async () => {
    const { shop, send, counted } = await openShop();
    shop.get("*", (_c, next) => next());
    shop.get("/product/:id", (c) => c.text("ok"));
    await send("/product/1");
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/product/:id",status="2xx"}': 1,
    });
  });

  test("paths of a scanner are one series, and so are methods that it invents", async () => {
    const { shop, send, counted } = await openShop();
    for (let index = 0; index < 20; index += 1) await send(`/wp-${index}.php`);
    await shop.request("/x", { method: "BREW" });
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="unmatched",status="4xx"}': 20,
      'http_requests_total{method="other",route="unmatched",status="4xx"}': 1,
    });
  });

  test("middleware that is used twice counts once", async () => {
    const { shop, collector, send, counted } = await openShop();
    shop.use("/api/*", collector.httpMetrics());
    shop.get("/api/cart", (c) => c.text("ok"));
    await send("/api/cart");
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/api/cart",status="2xx"}': 1,
    });
  });
});

describe("what is left out", () => {
  test("the collector's own routes", async () => {
    const { send, counted } = await openShop();
    await send("/metrics");
    await send("/collect", { method: "POST", body: "x" });
    expect(await counted("http_")).toEqual({});
  });

  test("paths, patterns and whatever a function says", async () => {
    const { shop, send, counted } = await openShop({
      metrics: {
        exclude: [
          "/alive",
          "/internal/*",
          ({ method }) => method === "OPTIONS",
          () => {
            throw new Error("broken");
          },
        ],
      },
    });
    shop.get("*", (c) => c.text("ok"));
    shop.options("*", (c) => c.body(null, 204));
    for (const path of ["/alive", "/internal/jobs/1"]) await send(path);
    await send("/cart", { method: "OPTIONS" });
    await send("/cart");
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/*",status="2xx"}': 1,
    });
  });

  test("a stream of events from everything but the count: it lasts as long as its reader likes", async () => {
    const { shop, address, counted, totals } = await openShop();
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    shop.get("/events", (c) => c.body(readable, 200, { "content-type": "text/event-stream" }));
    const abort = new AbortController();
    const response = await fetch(`${await address()}/events`, { signal: abort.signal });
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode("data: x\n\n"));
    expect(response.status).toBe(200);
    expect(await counted("http_")).toEqual({
      'http_requests_total{method="GET",route="/events",status="2xx"}': 1,
      http_requests_in_flight: 1,
    });
    abort.abort();
    await expect.poll(async () => (await totals()).get("http_requests_in_flight")).toBe(0);
    expect(await counted("http_(request|response)_(duration|headers|size)")).toEqual({});
  });

  test("a WebSocket from everything but the count, under the status that opens it", async () => {
    const { shop, counted } = await openShop();
    // What an adapter's upgrade helper returns: the platform answers in its place.
    shop.get("/ws", () => new Response(null));
    await shop.request("/ws", { headers: { upgrade: "websocket" } });
    expect(await counted("http_")).toEqual({
      'http_requests_total{method="GET",route="/ws",status="1xx"}': 1,
    });
  });
});

describe("times", () => {
  test("headers and the last byte are timed separately", async () => {
    const { shop, address, totals } = await openShop();
    const last = Promise.withResolvers<void>();
    shop.get("/report", (c) => {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      void (async () => {
        const writer = writable.getWriter();
        await writer.write(new Uint8Array(10));
        await last.promise;
        await writer.close();
      })();
      return c.body(readable);
    });
    const response = await fetch(`${await address()}/report`);
    // The headers have come, however long that took.
    await wait(120);
    last.resolve();
    await response.text();
    const after = await totals();
    const labels = '{method="GET",route="/report"}';
    const headers = after.get(`http_response_headers_duration_seconds_sum${labels}`) ?? NaN;
    expect(after.get(`http_request_duration_seconds_sum${labels}`)).toBeGreaterThan(headers + 0.1);
    expect(after.get("http_request_duration_highr_seconds_count")).toBe(1);
    expect(after.get(`http_response_size_bytes_sum${labels}`)).toBe(10);
  });

  test("the series without labels has 21 buckets, those by route 11 or those of the catalog", async () => {
    const edges = async (http: HttpSpec) => {
      const { shop, send, totals } = await openShop({ http });
      shop.get("/", (c) => c.text("ok"));
      await send("/");
      const names = [...(await totals()).keys()];
      const count = (start: string) =>
        names.filter((name) => name.startsWith(start) && !name.includes("+Inf")).length;
      return [
        count("http_request_duration_highr_seconds_bucket"),
        count("http_request_duration_seconds_bucket"),
      ];
    };
    expect(await edges({})).toEqual([21, 11]);
    expect(await edges({ buckets: [0.1, 1] })).toEqual([21, 2]);
  });

  test("a client that leaves before the answer is a client's failure, and nothing stays in flight", async () => {
    const { shop, address, counted, totals } = await openShop();
    let entered = () => {};
    const waiting = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const left = Promise.withResolvers<void>();
    shop.get("/slow", async (c) => {
      entered();
      await left.promise;
      return c.text("late");
    });
    const { port } = new URL(await address());
    const socket = connect(Number(port), "127.0.0.1");
    socket.write("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    await waiting;
    expect((await totals()).get("http_requests_in_flight")).toBe(1);
    socket.destroy();
    await expect.poll(async () => (await totals()).get("http_requests_in_flight")).toBe(0);
    left.resolve();
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/slow",status="4xx"}': 1,
    });
    expect(await counted("http_response_headers")).toEqual({});
  });
});

describe("sizes", () => {
  const sizes = (counted: Record<string, number>) =>
    Object.fromEntries(Object.entries(counted).filter(([name]) => /_bytes_(sum|count)/.test(name)));

  test("bodies count in bytes, not in characters", async () => {
    const { shop, send, counted } = await openShop();
    shop.post("/echo", async (c) => c.text(await c.req.text()));
    await send("/echo", { method: "POST", body: "€€" });
    expect(sizes(await counted("http_"))).toEqual({
      'http_request_size_bytes_count{method="POST",route="/echo"}': 1,
      'http_request_size_bytes_sum{method="POST",route="/echo"}': 6,
      'http_response_size_bytes_count{method="POST",route="/echo"}': 1,
      'http_response_size_bytes_sum{method="POST",route="/echo"}': 6,
    });
  });

  test("a body that comes in chunks of unknown number is counted as it comes", async () => {
    const { shop, address, counted } = await openShop();
    shop.post("/upload", async (c) => c.body(String((await c.req.arrayBuffer()).byteLength)));
    const upload = sendRequest(`${await address()}/upload`, { method: "POST" });
    for (let chunk = 0; chunk < 3; chunk += 1) {
      upload.write(Buffer.alloc(1_000));
      await wait(5);
    }
    upload.end();
    const text = await new Promise<string>((resolve) => {
      upload.on("response", (response) => void response.on("data", (body) => resolve(String(body))));
    });
    expect(text).toBe("3000");
    await expect
      .poll(async () => sizes(await counted("http_request_size")))
      .toMatchObject({ 'http_request_size_bytes_sum{method="POST",route="/upload"}': 3_000 });
  });

  test("what has no body has no size: a HEAD request, 204 and 304", async () => {
    const { shop, send, counted } = await openShop();
    shop.get("/page", (c) => c.text("page"));
    shop.get("/nothing", (c) => c.body(null, 204));
    shop.get("/same", () => new Response(null, { status: 304 }));
    await send("/page", { method: "HEAD" });
    await send("/nothing");
    await send("/same");
    expect(sizes(await counted("http_"))).toEqual({});
  });

  test("without Node's response a body counts when it was read, and a known size at once", async () => {
    const { shop, counted } = await openShop();
    shop.get("/read", (c) => c.text("12345"));
    shop.get("/known", (c) => c.body("123", 200, { "content-length": "3" }));
    expect(await (await shop.request("/read")).text()).toBe("12345");
    await shop.request("/known");
    const given = await shop.request("/read");
    await given.body?.cancel();
    expect(await counted("http_response_size_bytes_sum")).toEqual({
      'http_response_size_bytes_sum{method="GET",route="/read"}': 5,
      'http_response_size_bytes_sum{method="GET",route="/known"}': 3,
    });
    expect(await counted("http_request_duration_highr_seconds_count")).toEqual({
      http_request_duration_highr_seconds_count: 3,
    });
  });
});

test("a request of a sampled trace leaves it with its duration, for a board to lead there", async () => {
  const { shop, collector, send } = await openShop();
  shop.get("/", (c) => c.text("ok"));
  const traceparent = (flags: string) => `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}`;
  const traced = async () => {
    const headers = { accept: "application/openmetrics-text; version=1.0.0" };
    const text = await (await collector.app.request("/metrics", { headers })).text();
    return text.split("\n").filter((line) => line.includes("4bf92f3577b34da6a3ce929d0e0e4736"));
  };
  for (const wrong of [traceparent("00"), "00-0-0-01", `ff${traceparent("01").slice(2)}`]) {
    await send("/", { headers: { traceparent: wrong } });
  }
  expect(await traced()).toEqual([]);
  await send("/", { headers: { traceparent: traceparent("01") } });
  const families = (await traced()).map((line) => /^[a-z_]+/.exec(line)?.[0]);
  expect(new Set(families)).toEqual(
    new Set([
      "http_requests_total",
      "http_request_duration_seconds_bucket",
      "http_request_duration_highr_seconds_bucket",
      "http_response_headers_duration_seconds_bucket",
    ]),
  );
});

test("OpenTelemetry's names have its labels, and an error type for what failed", async () => {
  const { shop, send, counted } = await openShop({ http: { names: "opentelemetry" } });
  shop.get("/product/:id", (c) => c.text("ok"));
  shop.get("/fail", (c) => c.text("no", 503));
  await send("/product/1");
  await send("/fail");
  const base = 'http_request_method="GET",url_scheme="http"';
  expect(await counted("http_server_request_duration_seconds_count")).toEqual({
    [`http_server_request_duration_seconds_count{${base},http_route="/product/:id",http_response_status_code="200"}`]: 1,
    [`http_server_request_duration_seconds_count{${base},http_route="/fail",http_response_status_code="503",error_type="503"}`]: 1,
  });
  expect(await counted("http_server_response_body_size_bytes_sum")).toMatchObject({
    [`http_server_response_body_size_bytes_sum{${base},http_route="/product/:id",http_response_status_code="200"}`]: 2,
  });
  expect(await counted("http_requests")).toEqual({});
});
