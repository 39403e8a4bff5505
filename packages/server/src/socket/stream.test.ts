import { once } from "node:events";
import { get, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { defineCatalog, type StreamServerMessage } from "@rumkit/protocol";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { useFakeClock } from "../../../../test/support/fakeClock.ts";
import { openStreamClient, until } from "../../../../test/support/streamClient.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { serveCollector } from "../collector/serveCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD", "JPY"] } } },
});

let collector: Collector<typeof catalog>;
let server: Server;
let port: number;

beforeEach(async () => {
  useFakeClock();
  // Code that measures takes 0 for a time that has not come.
  vi.advanceTimersByTime(1_000);
  await start();
});
afterEach(async () => {
  await stop();
  vi.useRealTimers();
});

async function start(): Promise<void> {
  collector = createCollector({ catalog, runtimeMetrics: false });
  const app = new Hono();
  app.use(collector.httpMetrics());
  app.get("/fast", (c) => c.text("fast"));
  app.get("/failing", (c) => c.text("failing", 500));
  app.get("/slow/:ms", (c) => {
    vi.advanceTimersByTime(Number(c.req.param("ms")));
    return c.text("slow");
  });
  app.route("/", collector.app);
  server = serveCollector({ collector, fetch: app.fetch });
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
}

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await collector.stop();
}

/** Sends requests to a route of the app, and waits until the last one is counted. */
async function request(path: string, times = 1, url = path): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    // Not `fetch`: in Node 22 it waits by the clock that the test holds.
    const [answer] = (await once(get(`http://127.0.0.1:${port}${url}`), "response")) as [IncomingMessage];
    await once(answer.resume(), "end");
  }
  await until(async () => {
    const text = await (await collector.app.request("/metrics")).text();
    expect(text).toMatch(new RegExp(`http_request_duration_seconds_count.*route="${path}"`));
  });
}

const SECOND = 1_000;

/** Lets time pass, second by second. */
async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * SECOND);
}

async function open() {
  const client = await openStreamClient(`ws://127.0.0.1:${port}/metrics/stream`);
  onTestFinished(() => client.ws.terminate());
  const historical = await client.next("historical_data");
  return {
    ...client,
    historical,
    /** Subscribes, and returns the filters in force and the first update. */
    subscribe: async (filters: object) => {
      client.send({ type: "subscribe", filters });
      const subscribed = await client.next("subscribed");
      await vi.advanceTimersByTimeAsync(100);
      return { filters: subscribed.filters, update: await client.next("metrics_update") };
    },
    /** Lets seconds pass, and returns the last update. */
    update: async (seconds = 1) => {
      await pass(seconds - 1);
      await client.next("metrics_update").catch(() => {});
      await pass(1);
      return client.next("metrics_update");
    },
  };
}

describe("a connection", () => {
  test("gets the current state at once, in the shape and units of the protocol", async () => {
    await request("/fast", 5);
    await pass(1);
    const { historical } = await open();
    expect(historical).toMatchObject({
      type: "historical_data",
      timestamp: expect.closeTo(1_800_000_002, 0) as number,
      data: {
        throughput: {
          requests_per_sec: { "/fast": 5 },
          responses_per_sec: { "/fast": 5 },
          total_requests_per_sec: 5,
          tokens_per_sec: {},
          total_tokens_per_sec: 0,
        },
        latency: { "/fast": { avg: expect.any(Number) as number, p99: expect.any(Number) as number } },
        error: { errors_per_sec: {}, total_errors_per_sec: 0 },
      },
    });
  });

  test("gets a real history: what happened before it came, second by second", async () => {
    await request("/fast", 5);
    await pass(3);
    const { historical } = await open();
    expect(historical.history.map(({ timestamp }) => Math.floor(timestamp))).toEqual([
      1_800_000_002, 1_800_000_003, 1_800_000_004,
    ]);
    // 5 requests in 1, 2 and 3 seconds: the window is not longer than the collector runs.
    expect(historical.history.map(({ data }) => data.throughput?.["total_requests_per_sec"])).toEqual([
      5, 2.5, 1.667,
    ]);
  });

  test("gets updates of everything once a second without a word", async () => {
    const { next, historical } = await open();
    await pass(1);
    const first = await next("metrics_update");
    await pass(1);
    const second = await next("metrics_update");
    expect(second.timestamp - first.timestamp).toBeCloseTo(1, 1);
    expect(Object.keys(first.data)).toEqual(Object.keys(historical.data));
  });

  test("has no group for which the app has no data", async () => {
    const { historical } = await open();
    expect(Object.keys(historical.data).toSorted()).toEqual(["latency", "queue", "throughput"]);
  });

  test("gets a pong for a ping", async () => {
    const { send, next } = await open();
    send({ type: "ping" });
    expect(await next("pong")).toMatchObject({ type: "pong", timestamp: expect.any(Number) as number });
  });
});

describe("filters (each was ignored or broken in the original)", () => {
  test("the type filter narrows", async () => {
    await request("/fast");
    const { subscribe } = await open();
    const { filters, update } = await subscribe({ metric_type: "throughput" });
    expect(filters.metric_types).toEqual(["throughput"]);
    expect(Object.keys(update.data)).toEqual(["throughput"]);
  });

  test("an endpoint filter keeps its latency, and only its own", async () => {
    await request("/fast");
    await request("/failing");
    const { subscribe } = await open();
    const { update } = await subscribe({ endpoint: "/fast" });
    expect(Object.keys(update.data.latency ?? {})).toEqual(["/fast"]);
  });

  test("totals are within the filter", async () => {
    await request("/fast", 3);
    await request("/failing", 2);
    await pass(1);
    const { subscribe } = await open();
    const { update } = await subscribe({ endpoint: "/failing" });
    expect(update.data.throughput).toMatchObject({
      requests_per_sec: { "/failing": 2 },
      total_requests_per_sec: 2,
    });
    expect(update.data.error).toMatchObject({ errors_per_sec: { "/failing": 2 }, total_errors_per_sec: 2 });
  });

  test("a model filter applies, to streams and to what is counted of them", async () => {
    for (const model of ["small", "large"]) {
      const source = new ReadableStream({ start: (controller) => controller.enqueue("token") });
      const reader = collector.trackStream("chat", source, { model, route: "/chat" }).getReader();
      await reader.read();
      if (model === "large") await reader.cancel();
    }
    await pass(1);
    const { subscribe } = await open();
    const { filters, update } = await subscribe({ model: "small" });
    expect(filters.models).toEqual(["small"]);
    expect(update.data.streaming).toMatchObject({ active_streams: 1, canceled_streams: 0 });
    expect(update.data.throughput).toMatchObject({
      total_requests_per_sec: 1,
      tokens_per_sec: { "/chat": 1 },
      total_tokens_per_sec: 1,
    });
  });

  test("any label may be included and excluded", async () => {
    const caches = { a: 1, b: 2, c: 3 };
    for (const [cache, times] of Object.entries(caches))
      for (let count = 0; count < times; count += 1) collector.trackCache(cache).hit();
    const included = await (await open()).subscribe({ labels: { cache: ["a", "b"] } });
    expect(included.update.data.cache).toMatchObject({ total_lookups: 3 });
    expect(included.filters.labels).toEqual({ cache: ["a", "b"] });
    const excluded = await (await open()).subscribe({ exclude: { cache: "b" } });
    expect(excluded.update.data.cache).toMatchObject({ total_lookups: 4 });
  });

  test("repeated subscriptions add up, and every one is confirmed", async () => {
    const { subscribe } = await open();
    await subscribe({ endpoint: "/b", metric_type: "latency" });
    await subscribe({ endpoint: "/a", model: "m" });
    const { filters, update } = await subscribe({ metric_type: "throughput", interval: 2 });
    expect(filters).toEqual({
      endpoints: ["/a", "/b"],
      models: ["m"],
      metric_types: ["latency", "throughput"],
      interval: 2,
      labels: {},
      exclude: {},
    });
    expect(Object.keys(update.data).toSorted()).toEqual(["latency", "throughput"]);
  });

  test("no filter stands for everything, and so does the type all", async () => {
    collector.trackCache("a").hit();
    const { subscribe } = await open();
    await subscribe({ metric_type: "latency" });
    const { filters, update } = await subscribe({ metric_type: "all" });
    expect(filters.metric_types).toEqual(["all"]);
    expect(Object.keys(update.data)).toContain("cache");
  });

  test("labels with names of objects' own properties are only labels", async () => {
    const { send, next } = await open();
    send('{"type":"subscribe","filters":{"labels":{"__proto__":"x","constructor":"y"}}}');
    const { filters } = await next("subscribed");
    expect(JSON.stringify(filters.labels)).toBe('{"__proto__":["x"],"constructor":["y"]}');
    expect(({} as Record<string, unknown>)["x"]).toBe(undefined);
  });
});

describe("the interval", () => {
  test("is the client's, and changes nothing for others", async () => {
    const slow = await open();
    const fast = await open();
    slow.send({ type: "subscribe", filters: { interval: 5 } });
    fast.send({ type: "subscribe", filters: { interval: 0.5 } });
    await Promise.all([slow.next("subscribed"), fast.next("subscribed")]);
    await pass(0.2);
    const countOf = ({ received }: { received: readonly StreamServerMessage[] }): number =>
      received.filter(({ type }) => type === "metrics_update").length;
    const before = [countOf(slow), countOf(fast)];
    for (let half = 0; half < 20; half += 1) {
      await pass(0.5);
      await fast.next("metrics_update");
    }
    await until(() => expect(countOf(fast) - before[1]!).toBeGreaterThanOrEqual(19));
    await until(() => expect(countOf(slow) - before[0]!).toBeGreaterThanOrEqual(1));
    expect(countOf(slow) - before[0]!).toBeLessThanOrEqual(3);
  });

  test.each(["0", "0.05", "60.1", "-1", '"1"', "1e999"])(
    "of %s is refused, and the connection stays",
    async (text) => {
      const { send, next } = await open();
      send(`{"type":"subscribe","filters":{"interval":${text}}}`);
      expect((await next("error")).message).toContain("interval is a number of seconds from 0.1 to 60, not ");
      send({ type: "ping" });
      await next("pong");
    },
  );
});

describe("deltas", () => {
  test("are the changes since what this client got last", async () => {
    const { next } = await open();
    const depth = collector.trackQueue("mail");
    depth.set(3);
    await pass(1);
    expect((await next("metrics_update")).deltas.queue).toMatchObject({ queue_depth_delta: 3 });
    depth.set(1);
    await pass(1);
    expect((await next("metrics_update")).deltas.queue).toMatchObject({ queue_depth_delta: -2 });
    await pass(1);
    expect((await next("metrics_update")).deltas.queue).toMatchObject({ queue_depth_delta: 0 });
  });

  test("of clients with different intervals differ, and each adds up to the whole", async () => {
    const depth = collector.trackQueue("mail");
    depth.set(1);
    await pass(1);
    const fast = await open();
    const slow = await open();
    slow.send({ type: "subscribe", filters: { interval: 3 } });
    await slow.next("subscribed");
    for (let second = 0; second < 7; second += 1) {
      depth.set(second * 10);
      await pass(1);
      await fast.next("metrics_update");
    }
    for (const client of [fast, slow]) {
      await until(() => expect(depthOf(client.received.at(-1))).toBeGreaterThan(20));
      const updates = client.received.filter((message) => message.type === "metrics_update");
      const sum = updates.reduce(
        (total, { deltas }) => total + (deltas.queue?.["queue_depth_delta"] ?? 0),
        0,
      );
      expect(1 + sum).toBe(depthOf(updates.at(-1)));
    }
  });

  test("begin anew with another selection, since its numbers are others", async () => {
    await request("/fast");
    const { subscribe, next } = await open();
    const { update } = await subscribe({ metric_type: "throughput" });
    expect(update.deltas).toEqual({});
    await pass(1);
    expect((await next("metrics_update")).deltas.throughput).toMatchObject({
      total_requests_per_sec: expect.any(Number) as number,
    });
  });
});

function depthOf(message: StreamServerMessage | undefined): number | null | undefined {
  return message?.type === "metrics_update" ? message.data.queue?.queue_depth : undefined;
}

describe("unsubscribe", () => {
  test("means silence until the next subscribe, which begins with the defaults", async () => {
    const { send, next, received, subscribe } = await open();
    await subscribe({ metric_type: "latency", interval: 0.1 });
    send({ type: "unsubscribe" });
    expect((await next("unsubscribed")).filters).toMatchObject({ metric_types: ["all"], interval: 1 });
    const before = received.length;
    await pass(100);
    send({ type: "ping" });
    await next("pong");
    expect(received.slice(before).map(({ type }) => type)).toEqual(["pong"]);
    const { filters } = await subscribe({});
    expect(filters.metric_types).toEqual(["all"]);
  });
});

describe("messages that cannot be answered", () => {
  test.each([
    ["not JSON", "{", "Invalid JSON: "],
    ["no object", "[]", 'A message is a JSON object with a "type".'],
    ["null", "null", 'A message is a JSON object with a "type".'],
    ["no type", "{}", "Unknown message type undefined. Use subscribe, unsubscribe or ping."],
    [
      "an unknown type",
      '{"type":"stop"}',
      'Unknown message type "stop". Use subscribe, unsubscribe or ping.',
    ],
    ["an unknown filter", '{"type":"subscribe","filters":{"metric":"x"}}', 'Unknown filter "metric". Use '],
    [
      "an unknown group",
      '{"type":"subscribe","filters":{"metric_type":"x"}}',
      'Unknown metric_type "x". Use ',
    ],
    ["filters at the top", '{"type":"subscribe","endpoint":"/"}', 'endpoint belongs into "filters".'],
    [
      "a number for a text",
      '{"type":"subscribe","filters":{"endpoint":1}}',
      "endpoint is a text of 1 to 256",
    ],
    [
      "a text that is too long",
      `{"type":"subscribe","filters":{"model":"${"x".repeat(257)}"}}`,
      "model is a text",
    ],
    ["labels without an object", '{"type":"subscribe","filters":{"labels":[]}}', "labels is an object"],
    ["a number as last id", '{"type":"subscribe","last_id":1}', "last_id is the id of a message"],
    [
      "a long message",
      JSON.stringify({ type: "ping", text: "x".repeat(3_000) }),
      "A message has 2048 bytes at most",
    ],
  ])("%s: an error, and the connection stays", async (_name, text, message) => {
    const { send, next } = await open();
    send(text);
    expect((await next("error")).message).toContain(message);
    send({ type: "ping" });
    await next("pong");
  });

  test("a binary message: an error, and the connection stays", async () => {
    const { ws, send, next } = await open();
    ws.send(Buffer.from('{"type":"ping"}'));
    expect((await next("error")).message).toContain("not binary");
    send({ type: "ping" });
    await next("pong");
  });

  test("a refused subscription changes nothing", async () => {
    const { send, next, subscribe } = await open();
    send({ type: "subscribe", filters: { endpoint: "/a", interval: 0 } });
    await next("error");
    expect((await subscribe({})).filters.endpoints).toEqual([]);
  });

  test("filters with more values than a client may have are refused", async () => {
    const { send, next } = await open();
    for (let message = 0; message < 5; message += 1) {
      const values = Array.from({ length: 50 }, (_, index) => `/${message}/${index}`);
      send({ type: "subscribe", filters: { endpoint: values } });
    }
    expect((await next("error")).message).toContain("200 values at most");
  });
});

describe("resuming", () => {
  test("sequence numbers grow with each message, under the epoch of this start", async () => {
    const { send, next, received } = await open();
    send({ type: "ping" });
    await next("pong");
    await pass(2);
    await until(() => expect(received.length).toBeGreaterThanOrEqual(4));
    const ids = received.map(({ id }) => id.split("-") as [string, string]);
    expect(new Set(ids.map(([epoch]) => epoch)).size).toBe(1);
    const seqs = ids.map(([, seq]) => Number(seq));
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(new Set(seqs).size).toBe(seqs.length);
  });

  test("loses and repeats no second that passed in between", async () => {
    const first = await open();
    await pass(2);
    const last = await first.next("metrics_update");
    first.ws.terminate();
    await pass(5);
    const second = await open();
    second.send({ type: "subscribe", last_id: last.id });
    expect(await second.next("subscribed")).toMatchObject({ resumed: true });
    const { history } = await second.next("historical_data");
    const seen = Math.floor(last.timestamp);
    expect(history.map(({ timestamp }) => Math.floor(timestamp))).toEqual(
      Array.from({ length: Math.floor(second.historical.timestamp) - seen }, (_, index) => seen + 1 + index),
    );
  });

  test("after a gap that is longer than the history, all of the history comes, and says so", async () => {
    const first = await open();
    const { id } = first.historical;
    await pass(90);
    const second = await open();
    second.send({ type: "subscribe", last_id: id });
    expect(await second.next("subscribed")).toMatchObject({ resumed: false });
    expect((await second.next("historical_data")).history).toHaveLength(60);
  });

  test("after a restart the epoch is another one, and nothing is resumed", async () => {
    const { historical } = await open();
    await stop();
    await start();
    const second = await open();
    expect(second.historical.id.split("-")[0]).not.toBe(historical.id.split("-")[0]);
    second.send({ type: "subscribe", last_id: historical.id });
    expect(await second.next("subscribed")).toMatchObject({ resumed: false });
  });

  test("a history within a filter is within the filter", async () => {
    await request("/fast", 4);
    await request("/failing", 2);
    await pass(1);
    const { send, next } = await open();
    send({ type: "subscribe", filters: { endpoint: "/failing" }, last_id: "unknown" });
    const { history } = await next("historical_data");
    expect(history.at(-1)?.data.throughput?.["total_requests_per_sec"]).toBe(2);
  });
});

describe("the groups", () => {
  test("queue depth is the depth of the queues, and active streams are the streams", async () => {
    collector.trackQueue("mail").set(5);
    collector.trackQueue("invoices").set(2);
    const streams = [1, 2, 3].map(() => collector.trackStream("chat", new ReadableStream()));
    const { historical } = await open();
    expect(historical.data.queue).toMatchObject({
      queue_depth: 7,
      by_queue: { mail: 5, invoices: 2 },
      active_streams: 3,
    });
    expect(historical.data.streaming).toMatchObject({ active_streams: 3 });
    for (const stream of streams) await stream.cancel();
  });

  test("without a queue there is no depth", async () => {
    const { historical } = await open();
    expect(historical.data.queue?.queue_depth).toBe(null);
  });

  test("cache counts are those of lookups, by cache", async () => {
    const cache = collector.trackCache("products");
    for (const count of [cache.hit, cache.hit, cache.hit, cache.miss, cache.set]) count();
    const { historical } = await open();
    expect(historical.data.cache).toEqual({
      hit_rate: 75,
      total_lookups: 4,
      cache_hits: 3,
      recent_hit_rate: null,
      token_reuse_rate: null,
      avg_prefix_length: null,
      by_cache: { products: { hit_rate: 75, total_lookups: 4, cache_hits: 3 } },
      by_endpoint: {},
    });
    await pass(1);
    expect((await open()).historical.data.cache?.recent_hit_rate).toBe(75);
  });

  test("money is exact in minor units, by currency, also beyond what a number holds", async () => {
    const most = "90071992547409.91";
    await collector.trackConversion("purchase", { value: 0.1, currency: "USD" });
    await collector.trackConversion("purchase", { value: 0.2, currency: "USD" });
    await collector.trackConversion("purchase", { value: 500, currency: "JPY" });
    await collector.trackRefund("purchase", { id: "r", value: 0.05, currency: "USD" });
    await pass(1);
    const { historical, next } = await open();
    expect(historical.data.business).toMatchObject({
      conversions: { purchase: { total: 3, last_minute: 3 } },
      page_conversions: {},
      revenue: {
        USD: { total_minor_units: 30, last_minute_minor_units: 30, exponent: 2 },
        JPY: { total_minor_units: 500, last_minute_minor_units: 500, exponent: 0 },
      },
      refunds: { USD: { total_minor_units: 5, last_minute_minor_units: 5, exponent: 2 } },
    });
    await collector.trackConversion("purchase", { value: most, currency: "USD" });
    await pass(60);
    await until(async () => {
      const { data } = await next("metrics_update");
      expect(data.business?.revenue["USD"]).toMatchObject({
        total_minor_units: "9007199254741021",
      });
    });
  });

  test("vitals have their 75th percentile and ratings by route, and errors of pages count", async () => {
    const lcp = [0.1, 1, 2, 2.5, 3, 3.5, 4, 4.5, 5, 10];
    const events = [
      ...lcp.map((value) => ({ type: "LCP", route: "/", navigation: "hard", value })),
      { type: "CLS", route: "/", navigation: "hard", value: 0.3 },
      { type: "error", route: "/", source: "uncaught", name: "Error", message: "broken" },
      { type: "error", route: "/", source: "rejection", name: "Error", message: "broken" },
    ];
    const batch = { v: 1, id: "1".repeat(32), session: "2".repeat(32), sentAt: 1, events };
    const answer = await collector.app.request("http://shop.example/collect", {
      method: "POST",
      headers: {
        host: "shop.example",
        origin: "http://shop.example",
        "user-agent": "Mozilla/5.0 Firefox/140.0",
      },
      body: JSON.stringify(batch),
    });
    expect(await answer.json()).toEqual({ accepted: events.length });
    await pass(1);
    const { historical } = await open();
    expect(historical.data.vitals).toEqual({
      lcp: { "/": { p75: expect.any(Number) as number, good: 4, needs_improvement: 3, poor: 3 } },
      cls: { "/": { p75: expect.closeTo(0.3, 2) as number, good: 0, needs_improvement: 0, poor: 1 } },
    });
    // 4.5 s, within 2 %.
    expect(Math.abs(historical.data.vitals!["lcp"]!["/"]!.p75 / 4_500 - 1)).toBeLessThan(0.02);
    expect(historical.data.error).toMatchObject({
      page_errors_per_sec: { "/": 2 },
      total_page_errors_per_sec: 2,
      total_errors_per_sec: 0,
    });
  });
});

describe("every field of the protocol", () => {
  const WINDOW = "the last minute: changes with each observation";
  const RATE = "counters, over the last ten complete seconds";

  /** Each field of `data`, its source, and its value before and after. Undefined: a positive number, and then another one. */
  const FIELDS: readonly (readonly [
    path: string,
    source: string,
    before?: number | undefined,
    after?: number,
  ])[] = [
    ["throughput requests_per_sec /failing", `httpMetrics, ${RATE}`],
    ["throughput responses_per_sec /failing", `httpMetrics, ${RATE}`],
    ["throughput tokens_per_sec /chat", `trackStream, ${RATE}`],
    ["throughput total_requests_per_sec", `httpMetrics, ${RATE}`],
    ["throughput total_responses_per_sec", `httpMetrics, ${RATE}`],
    ["throughput total_tokens_per_sec", `trackStream, ${RATE}`],
    ["latency /slow/:ms avg", `httpMetrics, ${WINDOW}`, 100, 200],
    ["latency /slow/:ms min", `httpMetrics, ${WINDOW}`, 100, 50],
    ["latency /slow/:ms max", `httpMetrics, ${WINDOW}`, 100, 450],
    ["latency /slow/:ms p50", `httpMetrics, ${WINDOW}`],
    ["latency /slow/:ms p90", `httpMetrics, ${WINDOW}`],
    ["latency /slow/:ms p99", `httpMetrics, ${WINDOW}`],
    ["cache hit_rate", "trackCache, instrumentCache", 50, 75],
    ["cache token_reuse_rate", "lookup of trackCache", 30, 50],
    ["cache avg_prefix_length", "lookup of trackCache", 60, 100],
    ["cache total_lookups", "trackCache, instrumentCache", 2, 4],
    ["cache cache_hits", "trackCache, instrumentCache", 1, 3],
    ["cache by_endpoint /chat hit_rate", "the route of trackCache, instrumentCache", 50, 66.667],
    ["cache by_endpoint /chat total_lookups", "the route of trackCache, instrumentCache", 2, 3],
    ["cache by_endpoint /chat cache_hits", "the route of trackCache, instrumentCache", 1, 2],
    ["cache by_endpoint /search total_lookups", "the route of instrumentCache", undefined, 1],
    ["streaming active_streams", "trackStream", 1, 2],
    ["streaming completed_streams", "trackStream", 1, 3],
    ["streaming failed_streams", "trackStream", 1, 2],
    ["streaming ttft avg", `trackStream, ${WINDOW}`],
    ["streaming ttft p50", `trackStream, ${WINDOW}`],
    ["streaming ttft p99", `trackStream, ${WINDOW}`],
    ["streaming tokens_per_second avg", `trackStream, ${WINDOW}`],
    ["queue queue_depth", "trackQueue", 3, 8],
    ["queue active_streams", "trackStream, not the depth again", 1, 2],
    ["error errors_per_sec /failing", `httpMetrics, ${RATE}`],
    ["error total_errors_per_sec", `httpMetrics, ${RATE}`],
  ];

  /** One stream of three tokens that ends in a way. */
  async function stream(end: "done" | "error" | "open", ms: number): Promise<void> {
    const failure = new Error("broken");
    async function* generate() {
      vi.advanceTimersByTime(ms);
      yield "a";
      vi.advanceTimersByTime(ms);
      yield* ["b", "c"];
      if (end === "error") throw failure;
      if (end === "open") await new Promise(() => {});
    }
    const tokens = collector.trackStream("chat", generate(), { route: "/chat", model: "m" });
    const reader = tokens[Symbol.asyncIterator]();
    for (let item = 0; item < 3; item += 1) await reader.next();
    if (end === "open") return;
    await reader.next().catch((error: unknown) => expect(error).toBe(failure));
  }

  function valueAt(data: unknown, path: string): unknown {
    return path
      .split(" ")
      .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], data);
  }

  test("has its value from what the app does, in the first message and in updates", async () => {
    const prompts = collector.trackCache("prompts", { route: "/chat", model: "m" });
    const depth = collector.trackQueue("chat");
    await request("/slow/:ms", 1, "/slow/100");
    await request("/failing", 2);
    for (const end of ["done", "error", "open"] as const) await stream(end, 20);
    prompts.lookup({ tokens: 100, reused: 60 });
    prompts.lookup({ tokens: 100, reused: 0 });
    depth.set(3);
    await pass(1);
    const { historical, send, next, update } = await open();

    await request("/slow/:ms", 1, "/slow/50");
    await request("/slow/:ms", 1, "/slow/450");
    await request("/failing", 7);
    for (const end of ["done", "done", "error", "open"] as const) await stream(end, 40);
    prompts.lookup({ tokens: 200, reused: 140 });
    collector.instrumentCache("pages", new Map([["a", 1]]), { route: "/search" }).get("a");
    depth.set(8);
    const { data, deltas } = await update(2);
    const rows = FIELDS.map(([path]) => [path, valueAt(historical.data, path), valueAt(data, path)] as const);
    for (const [index, [path, before, after]] of rows.entries()) {
      const [, , firstly, secondly] = FIELDS[index]!;
      if (secondly === undefined) {
        expect(before, path).toBeGreaterThan(0);
        expect(after, path).toBeGreaterThan(0);
        expect(after, path).not.toBe(before);
      } else expect([before, after], path).toEqual([firstly, secondly]);
    }

    expect(Object.keys(deltas.throughput ?? {})).toEqual(
      expect.arrayContaining(["total_requests_per_sec", "total_tokens_per_sec"]),
    );
    expect(deltas.streaming).toHaveProperty("active_streams_delta");
    send({ type: "ping" });
    const pong = await next("pong");
    expect(pong.timestamp).toBeGreaterThan(historical.timestamp);
    send("{");
    expect(await next("error")).toMatchObject({
      timestamp: expect.any(Number) as number,
      message: expect.stringContaining("Invalid JSON: ") as string,
    });
    send({
      type: "subscribe",
      filters: { endpoint: "/chat", model: "m", metric_type: "latency", interval: 2 },
    });
    expect((await next("subscribed")).filters).toMatchObject({
      endpoints: ["/chat"],
      models: ["m"],
      metric_types: ["latency"],
      interval: 2,
    });
  });

  test("of the cache is within the filter: a route and a model", async () => {
    for (const [route, model, reused] of [
      ["/chat", "small", 10],
      ["/chat", "large", 20],
      ["/search", "small", 30],
    ] as const)
      collector.trackCache("prompts", { route, model }).lookup({ tokens: 100, reused });
    const ofRoute = await (await open()).subscribe({ endpoint: "/chat" });
    expect(ofRoute.update.data.cache).toMatchObject({ total_lookups: 2, token_reuse_rate: 15 });
    const ofModel = await (await open()).subscribe({ model: "small" });
    expect(ofModel.update.data.cache).toMatchObject({ avg_prefix_length: 20 });
    expect(Object.keys(ofModel.update.data.cache!.by_endpoint)).toEqual(["/chat", "/search"]);
  });

  test("of the cache by endpoint is bounded, however many routes an app names", async () => {
    for (let index = 0; index < 3_000; index += 1)
      collector.trackCache("prompts", { route: `/${index}` }).lookup({ tokens: 1, reused: index % 2 });
    const { cache } = (await open()).historical.data;
    expect(Object.keys(cache!.by_endpoint).length).toBeLessThanOrEqual(1_201);
    expect(cache!.total_lookups).toBe(3_000);
  });
});
