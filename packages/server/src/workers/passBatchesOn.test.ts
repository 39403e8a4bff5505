import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { serve } from "@hono/node-server";
import { defineCatalog } from "@rumkit/protocol";
import { Hono } from "hono";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import { connectCollector } from "../collector/connectCollector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { serveWorkers } from "../collector/serveWorkers.ts";
import { checkBody } from "../http/collectError.ts";
import type { CollectRequest } from "../http/collectRequest.ts";
import { packRequests, unpackRequests } from "./packedRequests.ts";
import { passBatchesOn } from "./passBatchesOn.ts";
import { LINK_PATHS } from "./wire.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });

let folder: string;
let ends: (() => unknown)[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-batches-"));
  ends = [];
});
afterEach(async () => {
  for (const end of ends.toReversed()) await end();
  rmSync(folder, { recursive: true });
});

const socketPath = (): string => join(folder, "rumkit.sock");

async function portOf(server: Server): Promise<number> {
  if (!server.listening) await once(server, "listening");
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function startCollector(burst = 1_000) {
  const collector = createCollector({
    catalog,
    runtimeMetrics: false,
    environment: "production",
    allowedOrigins: ["https://shop.example"],
    trustedProxies: ["127.0.0.1"],
    rateLimits: { perAddress: { perSecond: 0.001, burst } },
  });
  ends.push(collector.stop);
  const link = await serveWorkers({ collector, socket: socketPath() });
  await portOf(link);
  return { collector, link };
}

async function startWorker() {
  const worker = await connectCollector({
    catalog,
    socket: socketPath(),
    runtimeMetrics: false,
    exceptions: false,
  });
  ends.push(worker.stop);
  return worker;
}

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Got {
  readonly status: number | undefined;
  readonly headers: object;
  readonly body: string;
}

function ask(port: number, { method = "POST", path = "/collect", headers = {}, body }: Sent): Promise<Got> {
  const from = { origin: "https://shop.example", ...headers };
  return new Promise((resolve, reject) => {
    const sent = request({ port, method, path, headers: from, agent: false }, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString();
      const { date: _date, connection: _connection, "retry-after": _after, ...rest } = answer.headers;
      resolve({ status: answer.statusCode, headers: rest, body: text });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

let batches = 0;
function batchOf(more: object = {}): string {
  batches += 1;
  return JSON.stringify({
    v: 1,
    id: batches.toString(16).padStart(32, "0"),
    session: "f".repeat(32),
    sentAt: 1,
    events: [{ type: "page_view", route: "/" }],
    ...more,
  });
}

/** Requests with every answer that a collector has, except those that depend on what came before. */
const shapes = (): Sent[] => [
  { body: batchOf() },
  { body: batchOf({ events: [{ type: "page_view", route: "/ä€😀" }, { type: "nothing" }] }) },
  { path: "/collect/?key=1", body: batchOf() },
  { body: gzipSync(batchOf()), headers: { "content-encoding": "gzip" } },
  { body: "no gzip", headers: { "content-encoding": "gzip" } },
  { body: batchOf(), headers: { "content-encoding": "br" } },
  { body: batchOf(), headers: { "idempotency-key": "" } },
  { body: batchOf(), headers: { "user-agent": "Googlebot/2.1" } },
  { body: batchOf(), headers: { origin: "https://other.example" } },
  { body: batchOf(), headers: { origin: "null", "sec-fetch-site": "cross-site" } },
  { body: "" },
  { body: "{" },
  { body: Buffer.from([0x22, 0xff, 0x22]) },
  { body: " ".repeat(70_000) },
  { body: batchOf({ app: "blog" }) },
  { body: batchOf({ events: [{ type: "nothing" }] }) },
  { method: "GET" },
  { method: "PUT", body: batchOf() },
  { method: "OPTIONS", headers: { "access-control-request-headers": "x-a" } },
];

test("requests through a worker get the answers of the collector, with either listener", async () => {
  const { collector } = await startCollector();
  const worker = await startWorker();
  const direct = await portOf(createServer(collector.nodeListener()).listen(0));
  const plain = await portOf(createServer(worker.nodeListener()).listen(0));
  const app = new Hono().route("/", worker.app);
  const mounted = await portOf(serve({ fetch: app.fetch, port: 0 }) as Server);
  // At once, so that they pass in one message.
  const answersOf = (port: number, sent: readonly Sent[]): Promise<Got[]> =>
    Promise.all(sent.map((one) => ask(port, one)));
  const expected = await answersOf(direct, shapes());
  expect(new Set(expected.map(({ status }) => status))).toEqual(
    new Set([202, 204, 400, 403, 405, 413, 415, 422]),
  );
  expect(await answersOf(plain, shapes())).toEqual(expected);
  // The adapter of the app's framework closes the connection of a body that nothing reads.
  const isRead = (_: unknown, at: number): boolean => expected[at]!.status !== 413;
  const contents = (got: readonly Got[]): unknown[] => got.map(({ status, body }) => [status, body]);
  expect(contents(await answersOf(mounted, shapes().filter(isRead)))).toEqual(
    contents(expected.filter(isRead)),
  );
  expect((await scrape(collector.app)).get("rum_batches_accepted_total")).toBe(3 * 5);
});

test("a rate limit sees the client that a proxy in front of the worker names", async () => {
  await startCollector(3);
  const worker = await startWorker();
  const port = await portOf(createServer(worker.nodeListener()).listen(0));
  const statusOf = async (client: string): Promise<unknown> =>
    (await ask(port, { body: batchOf(), headers: { "x-forwarded-for": client } })).status;
  const all = await Promise.all(Array.from({ length: 6 }, () => statusOf("192.0.2.1")));
  expect(all.toSorted((a, b) => Number(a) - Number(b))).toEqual([202, 202, 202, 429, 429, 429]);
  expect(await statusOf("192.0.2.2")).toBe(202);
});

test("while the collector is away each batch gets 503, and the next collector counts it", async () => {
  const first = await startCollector();
  const worker = await startWorker();
  const port = await portOf(createServer(worker.nodeListener()).listen(0));
  const body = batchOf();
  expect((await ask(port, { body })).body).toBe('{"accepted":1}');
  first.link.close();
  first.link.closeAllConnections();
  const refused = await Promise.all([body, body, body].map((again) => ask(port, { body: again })));
  expect(refused.map(({ status, body: text }) => [status, JSON.parse(text).error.code])).toEqual(
    Array.from({ length: 3 }, () => [503, "draining"]),
  );
  await startCollector();
  expect((await ask(port, { body })).status).toBe(202);
  await worker.stop();
});

const asRequest = (body: Buffer): CollectRequest => ({
  method: "POST",
  url: "/collect",
  authority: undefined,
  address: "192.0.2.7",
  wasRead: false,
  header: () => undefined,
  readBody: async (most) => {
    checkBody(body, most);
    return body;
  },
});

test("what arrives in one turn is one message, and many bytes are several", async () => {
  const sizes: number[] = [];
  const pass = passBatchesOn({
    send: async (path, packed) => {
      expect(path).toBe(LINK_PATHS.batches);
      const requests = unpackRequests(packed);
      sizes.push(requests.length);
      const bodies = await Promise.all(requests.map((one) => one.readBody(1e9)));
      return { answers: bodies.map(({ length }) => ({ status: 202, headers: {}, body: String(length) })) };
    },
  });
  const small = Array.from({ length: 5 }, (_, at) => asRequest(Buffer.alloc(at + 1)));
  expect((await Promise.all(small.map(pass))).map(({ body }) => body)).toEqual(["1", "2", "3", "4", "5"]);
  const large = Array.from({ length: 40 }, () => asRequest(Buffer.alloc(60_000)));
  expect((await Promise.all(large.map(pass))).every(({ body }) => body === "60000")).toBe(true);
  expect(sizes).toEqual([5, 17, 17, 6]);
});

test("a collector that hangs gets 32 MiB of requests, others get 503, and what waited is answered later", async () => {
  let wake = (): void => {};
  const hanging = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const pass = passBatchesOn({
    send: async (_, packed) => {
      await hanging;
      return { answers: unpackRequests(packed).map(() => ({ status: 202, headers: {}, body: "" })) };
    },
  });
  const all = Promise.all(Array.from({ length: 600 }, () => pass(asRequest(Buffer.alloc(60_000)))));
  expect((await pass(asRequest(Buffer.alloc(60_000)))).status).toBe(503);
  wake();
  const statuses = (await all).map(({ status }) => status);
  const held = Math.floor(33_554_432 / 62_048);
  expect(statuses.filter((status) => status === 202)).toHaveLength(held);
  expect(statuses.filter((status) => status === 503)).toHaveLength(600 - held);
  expect((await pass(asRequest(Buffer.alloc(60_000)))).status).toBe(202);
});

test("an answer that no collector of this version sends is 503 for each request of the message", async () => {
  for (const answer of [undefined, {}, { answers: [] }, { answers: [1, 2, 3] }]) {
    const pass = passBatchesOn({ send: async () => answer });
    const answers = await Promise.all([pass(asRequest(Buffer.from("a"))), pass(asRequest(Buffer.from("b")))]);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
  }
});

test("bytes that no worker packs are refused, and the collector goes on", async () => {
  const packed = packRequests([{ request: asRequest(Buffer.from("a")), body: Buffer.from("a") }]);
  const heads = (text: string): Buffer => {
    const prefix = Buffer.alloc(4);
    prefix.writeUInt32LE(text.length);
    return Buffer.concat([prefix, Buffer.from(text)]);
  };
  const wrong = [
    Buffer.alloc(0),
    packed.subarray(0, 3),
    packed.subarray(0, 20),
    packed.subarray(0, -1),
    Buffer.concat([packed, packed]),
    heads("{}"),
    heads("[null]"),
    heads('[{"method":"POST","url":"/collect","headers":{},"length":-1}]'),
    heads('[{"method":"POST","url":"/collect","headers":{},"length":1e9}]'),
  ];
  for (const bytes of wrong) expect(() => unpackRequests(bytes)).toThrow();
  await startCollector();
  const statusOf = (body: Buffer): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const options = { socketPath: socketPath(), path: LINK_PATHS.batches, method: "POST" };
      const sent = request(options, (answer) => resolve(answer.resume().statusCode));
      sent.on("error", reject).end(body);
    });
  for (const bytes of wrong) expect(await statusOf(bytes)).toBe(400);
  expect(await statusOf(packed)).toBe(200);
});
