import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import { type Broker, BrokerError, type Topic } from "../brokers/broker.ts";
import { catalogDigest } from "../brokers/catalogDigest.ts";
import { type CallMessage, type Message, readMessage } from "../brokers/message.ts";
import { topicOf } from "../brokers/partition.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import type { Readiness } from "../health/readiness.ts";
import type { Collector, CollectorOptions } from "./collector.ts";
import { createCollector } from "./createCollector.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/", "/product/:id"],
  actions: { add_to_cart: { help: "Added.", labels: { category: ["books"] } } },
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["EUR"] } } },
  ingested: { "carts.open": { type: "gauge", help: "Depth." } },
});
type Shop = typeof catalog;

const session = "f".repeat(32);
const USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";

/** Messages in the log, in their order. */
let log: { readonly topic: Topic; readonly message: Message }[];
let failing: BrokerError | undefined;
let folder: string;
let edge: Collector<Shop>;

/** A log in this process, because routes and messages are tested here. `test/e2e/edge.test.ts` has a real one. */
const broker = {
  partitions: 7,
  records: { read: async () => ({ key: "log", text: '{"partitions":7}', revision: 1 }) },
  publish: async (topic: Topic, { id, body }: { id: string; body: Uint8Array }) => {
    if (failing) throw failing;
    const message = readMessage(body);
    expect(message.id).toBe(id);
    log.push({ topic, message });
  },
} as unknown as Broker;

function start(options: Partial<CollectorOptions<Shop>> = {}): void {
  edge = createCollector({
    catalog,
    runtimeMetrics: false,
    environment: "production",
    ingestTokens: ["a-secret-of-sixteen"],
    cluster: { role: "edge", broker, spool: join(folder, "spool") },
    ...options,
  });
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-edge-"));
  log = [];
  failing = undefined;
  start();
});
afterEach(async () => {
  await edge.stop();
  rmSync(folder, { recursive: true });
});

let ids = 0;
function batchOf(events: readonly unknown[]): string {
  ids += 1;
  const id = ids.toString(16).padStart(32, "0");
  return JSON.stringify({ v: 1, id, seq: 0, session, sentAt: 1, events });
}

/** Status, answer, and what changed in the exposition. */
async function send(path: string, body: string, headers: Record<string, string> = {}) {
  const before = await scrape(edge.app);
  const response = await edge.app.request(path, {
    method: "POST",
    body,
    headers: { origin: "http://shop.example", host: "shop.example", "user-agent": USER_AGENT, ...headers },
  });
  const text = await response.text();
  return {
    status: response.status,
    answer: text === "" ? undefined : (JSON.parse(text) as unknown),
    counted: changes(
      before,
      await scrape(edge.app),
      /^(?!rum_(collect|scrape|series|edge_spool_oldest|http|overload|ready))(rum|shop|ingested|conversions|revenue|queue)/,
    ),
  };
}

const view = { type: "page_view", route: "/product/7" };
const unknown = { type: "action", route: "/", name: "teleport" };

describe("/collect", () => {
  test("publishes the batch as it came, under its session, and counts no event of it", async () => {
    const body = batchOf([view, unknown]);
    const { status, answer, counted } = await send("/collect", body, { "idempotency-key": "k1" });
    expect([status, answer]).toEqual([200, { accepted: 1, rejected: [{ index: 1, code: "unknown_name" }] }]);
    expect(counted).toEqual({ rum_edge_published_total: 1 });
    expect(log).toEqual([
      {
        topic: topicOf(session, 7),
        message: {
          kind: "batch",
          id: expect.any(String) as string,
          at: expect.any(Number) as number,
          catalog: catalogDigest(catalog),
          idempotencyKey: "k1",
          userAgent: USER_AGENT,
          body: Buffer.from(body),
        },
      },
    ]);
  });

  test("refuses a batch without a valid event, and counts it", async () => {
    const { status, counted } = await send("/collect", batchOf([unknown]));
    expect(status).toBe(422);
    expect(counted).toEqual({
      'rum_batches_rejected_total{reason="no_valid_event"}': 1,
      'rum_events_rejected_total{reason="unknown_name"}': 1,
      rum_events_received_total: 1,
    });
    expect(log).toEqual([]);
  });

  test("accepts a batch a second time: the process that counts it finds the duplicate", async () => {
    const body = batchOf([view]);
    for (const _ of [1, 2]) expect((await send("/collect", body)).answer).toEqual({ accepted: 1 });
    expect(new Set(log.map(({ message }) => message.id)).size).toBe(2);
  });

  test("is answered by the spool while the log is away, and the same message is published later", async () => {
    failing = new BrokerError("gone", "Away.");
    const body = batchOf([view]);
    const { status, answer, counted } = await send("/collect", body);
    expect([status, answer]).toEqual([200, { accepted: 1 }]);
    expect(counted).toMatchObject({
      'rum_edge_publish_failures_total{reason="gone"}': expect.any(Number) as number,
      rum_edge_spooled_total: 1,
      rum_edge_spool_messages: 1,
    });
    expect((await edge.app.request("/readyz")).status).toBe(200);
    failing = undefined;
    await expect
      .poll(() => log.map(({ message }) => "body" in message && String(message.body)))
      .toEqual([body]);
  });

  test("is refused while neither the log nor the disk of the spool takes it, and accepted as soon as the log is back", async () => {
    failing = new BrokerError("gone", "Away.");
    rmSync(join(folder, "spool"), { recursive: true });
    for (const _ of [1, 2, 3]) expect((await send("/collect", batchOf([view]))).status).toBe(503);
    failing = undefined;
    expect((await send("/collect", batchOf([view]))).status).toBe(200);
    expect(log).toHaveLength(1);
  });

  test("refuses a batch that the log can never take, so that the page does not send it again", async () => {
    failing = new BrokerError("too_large", "Larger than max_payload.");
    const { status, answer, counted } = await send("/collect", batchOf([view]));
    expect([status, answer]).toMatchObject([413, { error: { code: "too_large" } }]);
    expect(counted).toMatchObject({
      'rum_batches_rejected_total{reason="too_large"}': 1,
      'rum_edge_refused_total{reason="too_large"}': 1,
    });
  });
});

describe("the check spool of /readyz", () => {
  const check = async () => {
    const response = await edge.app.request("/readyz");
    const { checks } = (await response.json()) as Readiness;
    return [response.status, checks.spool];
  };
  const size = { bytes: expect.any(Number) as number, maxBytes: 1_048_576 };
  beforeEach(async () => {
    await edge.stop();
    start({ cluster: { role: "edge", broker, spool: join(folder, "spool"), maxSpoolBytes: 1_048_576 } });
  });

  test("is empty while the log takes messages, and in use while the spool takes over", async () => {
    expect(await check()).toEqual([200, { ok: true, state: "empty", bytes: 0, maxBytes: 1_048_576 }]);
    failing = new BrokerError("gone", "Away.");
    await send("/collect", batchOf([view]));
    expect(await check()).toEqual([200, { ok: true, state: "in_use", ...size }]);
    failing = undefined;
    await expect.poll(check).toEqual([200, { ok: true, state: "empty", bytes: 0, maxBytes: 1_048_576 }]);
  });

  test("is full when the spool has no room", async () => {
    failing = new BrokerError("gone", "Away.");
    const body = batchOf(Array.from({ length: 150 }, () => ({ ...view, details: { key: "x".repeat(60) } })));
    let status = 200;
    for (let sent = 0; status === 200 && sent < 1_000; sent += 1)
      ({ status } = await edge.app.request("/collect", {
        method: "POST",
        body,
        headers: { origin: "http://shop.example", host: "shop.example", "user-agent": USER_AGENT },
      }));
    expect(status).toBe(503);
    expect(await check()).toEqual([503, { ok: false, state: "full", ...size }]);
  });

  test("is unwritable when its disk fails, with the reason", async () => {
    failing = new BrokerError("gone", "Away.");
    rmSync(join(folder, "spool"), { recursive: true });
    await send("/collect", batchOf([view]));
    expect(await check()).toEqual([503, { ok: false, state: "unwritable", failing: "io_error", ...size }]);
  });

  test("shows no number to others than those who read metrics", async () => {
    await edge.stop();
    const secret = "a-secret-of-sixteen";
    const access = {
      open: ["collect"],
      tokens: [{ name: "prometheus", secret, scopes: ["metrics"] }],
    } as const;
    start({ access, ingestTokens: [] });
    expect(await check()).toEqual([200, { ok: true, state: "empty" }]);
  });
});

test("/ingest publishes items by their key, and names the bad ones in the answer", async () => {
  const body = JSON.stringify({ items: [{ name: "carts.open", value: 3 }, { name: "carts.open" }] });
  const { status, answer, counted } = await send("/ingest", body, {
    authorization: "Bearer a-secret-of-sixteen",
    "idempotency-key": "items-1",
  });
  expect([status, answer]).toMatchObject([202, { accepted: 1, rejected: [{ index: 1 }] }]);
  expect(counted).toEqual({ rum_edge_published_total: 1 });
  expect(log).toMatchObject([
    {
      topic: topicOf("items-1", 7),
      message: { kind: "items", idempotencyKey: "items-1", body: Buffer.from(body) },
    },
  ]);
});

test("calls of server code are published under their order, and those that the catalog refuses are counted here", async () => {
  const before = await scrape(edge.app);
  expect(await edge.trackConversion("purchase", { id: "o1", value: 5, currency: "EUR" })).toBe("counted");
  expect(await edge.trackConversion("refund" as "purchase", { id: "o2", value: 5, currency: "EUR" })).toBe(
    "rejected",
  );
  const key = JSON.stringify(["conversion", "purchase", "o1"]);
  expect(log).toMatchObject([
    {
      topic: topicOf(key, 7),
      message: { kind: "call", key, event: { type: "conversion", name: "purchase" } },
    },
  ]);
  expect((log[0]!.message as CallMessage).samples).toContainEqual({
    metric: "revenue_total",
    labels: { conversion: "purchase", currency: "EUR" },
    value: 500,
    times: 1,
  });
  expect(changes(before, await scrape(edge.app), /^(rum_tracked|conversions|revenue)/)).toEqual({
    'rum_tracked_events_rejected_total{reason="unknown_name"}': 1,
  });
});

test("reports of browsers are published together", async () => {
  const violation = {
    type: "csp-violation",
    url: "http://shop.example/product/7",
    body: { blockedURL: "https://ads.example/a", effectiveDirective: "img-src", disposition: "report" },
  };
  const headers = { "content-type": "application/reports+json" };
  const { status, counted } = await send("/reports", JSON.stringify([violation, violation]), headers);
  expect([status, counted]).toEqual([204, { rum_edge_published_total: 1 }]);
  expect(log).toMatchObject([{ message: { kind: "reports", events: [{ type: "report" }, {}] } }]);
});

test("the live page, alerts, errors and history are elsewhere, and the answer says where", async () => {
  for (const path of ["/realtime", "/realtime/metrics", "/realtime/history", "/api/rumkit/errors"]) {
    const response = await edge.app.request(path);
    expect([path, response.status]).toEqual([path, 404]);
    expect(await response.text()).toContain("are at the process with the role live");
  }
});

test("exposes what it counts itself, and nothing that aggregators count", async () => {
  const text = await (await edge.app.request("/metrics")).text();
  const families = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  expect(families).toEqual(
    expect.arrayContaining([
      "http_requests_total",
      "app_info",
      "rum_ready",
      "rum_batches_rejected_total",
      "rum_events_rejected_total",
      "rum_ingest_requests_rejected_total",
      "rum_tracked_events_rejected_total",
      "rum_edge_published_total",
      "rum_series",
    ]),
  );
  const counted =
    /^(rum_(page|sessions|active|actions|lcp|js_|live|alert|batches_accepted|events_accepted)|revenue|conversions|actions|ingested|user_)/;
  expect(families.filter((name) => counted.test(name))).toEqual([]);
});

test("a second edge with the same spool is refused", () => {
  expect(() => start()).toThrow(/is in use by another process/);
});

test("a journal is refused, because an edge keeps nothing in it", async () => {
  const journal = await openSqliteJournal({ path: join(folder, "metrics.journal") });
  const cluster = { role: "edge", broker, spool: join(folder, "another") } as const;
  expect(() => createCollector({ catalog, journal, cluster })).toThrow(/journal .*role "edge"/);
  await journal.close();
});
