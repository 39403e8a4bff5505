import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { serve } from "@hono/node-server";
import { defineCatalog } from "@rumkit/protocol";
import { Hono } from "hono";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { openStreamClient } from "../../../../test/support/streamClient.ts";
import type { CollectorOptions } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { serveCollector } from "../collector/serveCollector.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const TOKEN = "a-token-of-scope-live";
const OTHER = "a-token-of-scope-metrics";
const SHOP = "https://shop.example";
const closed = {
  allowedOrigins: [SHOP],
  access: {
    open: ["collect"],
    tokens: [
      { name: "board", secret: TOKEN, scopes: ["live"] },
      { name: "scraper", secret: OTHER, scopes: ["metrics"] },
    ],
  },
} as const;

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

function newCollector(options: Partial<CollectorOptions<typeof catalog>>) {
  const collector = createCollector({
    catalog,
    runtimeMetrics: false,
    environment: "production",
    ...options,
  });
  ends.push(() => collector.stop());
  return collector;
}

async function portOf(server: Server): Promise<number> {
  if (!server.listening) await once(server, "listening");
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function start(options: Partial<CollectorOptions<typeof catalog>> = {}): Promise<number> {
  return portOf(serveCollector({ collector: newCollector(options) }));
}

const HANDSHAKE = {
  connection: "Upgrade",
  upgrade: "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

/** Sends a handshake as it is; resolves with the head of the answer, and the body of a refusal. */
async function shake(
  port: number,
  headers: Record<string, string> = {},
  path = "/metrics/stream",
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  ends.push(() => void socket.destroy());
  const all = { host: `127.0.0.1:${port}`, ...HANDSHAKE, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  let answer = "";
  for await (const chunk of socket) {
    answer += String(chunk);
    if (/^HTTP\/1\.1 (?:101|404|426)/.test(answer)) break;
  }
  return answer;
}

const statusOf = (answer: string): number => Number(answer.split(" ")[1]);

describe("the origin, before the upgrade", () => {
  test("a page of the same origin may read, and so may a client without one", async () => {
    const port = await start();
    expect(statusOf(await shake(port, { origin: `http://127.0.0.1:${port}` }))).toBe(101);
    expect(statusOf(await shake(port))).toBe(101);
    expect(statusOf(await shake(port, { host: "rum.example", origin: "https://rum.example" }))).toBe(101);
  });

  test.each([
    "http://127.0.0.1.evil",
    "http://evil.example",
    "http://127.0.0.1:1",
    "https://127.0.0.1.nip.io",
    "null",
    "file://",
    "",
    "http://evil.example, http://127.0.0.1",
  ])("a page of %j gets 403 and no socket", async (origin) => {
    const port = await start();
    const answer = await shake(port, { origin });
    expect(statusOf(answer)).toBe(403);
    expect(answer).toContain('"code":"origin_denied"');
    expect(answer).not.toMatch(/access-control-allow-origin/i);
  });

  test("an origin that may report may not read without a token", async () => {
    const port = await start({ ...closed, access: { ...closed.access, open: ["collect", "live"] } });
    expect(statusOf(await shake(port, { origin: SHOP }))).toBe(403);
    const authorization = `Bearer ${TOKEN}`;
    expect(statusOf(await shake(port, { origin: SHOP, authorization }))).toBe(101);
    expect(statusOf(await shake(port, { origin: "https://evil.example", authorization }))).toBe(403);
  });

  test("in development, a page of this machine may read, and a page of another one may not", async () => {
    const port = await start({ environment: "development" });
    expect(statusOf(await shake(port, { origin: "http://localhost:5173" }))).toBe(101);
    expect(statusOf(await shake(port, { origin: "http://localhost.evil:5173" }))).toBe(403);
    expect(statusOf(await shake(port, { origin: "http://localhost:5173", host: "rum.example" }))).toBe(403);
  });

  test("a request with two hosts is refused, whichever of them the origin names", async () => {
    const port = await start();
    for (const host of ["a.example", "b.example"]) {
      const hosts = { host: "a.example\r\nhost: b.example", origin: `http://${host}` };
      expect(statusOf(await shake(port, hosts))).toBe(400);
    }
  });

  test("behind a trusted proxy the forwarded host decides", async () => {
    const port = await start({ trustedProxies: ["127.0.0.1"] });
    const origin = "https://rum.example";
    expect(statusOf(await shake(port, { origin, "x-forwarded-host": "rum.example" }))).toBe(101);
    expect(statusOf(await shake(port, { origin, "x-forwarded-host": "other.example" }))).toBe(403);
  });
});

describe("the token", () => {
  test("opens by Authorization, or by a subprotocol, which a page can set", async () => {
    const port = await start(closed);
    expect(statusOf(await shake(port, { authorization: `Bearer ${TOKEN}` }))).toBe(101);
    const protocol = `rumkit, rumkit.bearer.${Buffer.from(TOKEN).toString("base64url")}`;
    const answer = await shake(port, { "sec-websocket-protocol": protocol });
    expect(statusOf(answer)).toBe(101);
    expect(answer.toLowerCase()).toContain("sec-websocket-protocol: rumkit\r\n");
    expect(answer).not.toContain("bearer");
  });

  test("is refused if it is missing, wrong or of another scope, and counted", async () => {
    const collector = newCollector(closed);
    const port = await portOf(serveCollector({ collector }));
    expect(statusOf(await shake(port))).toBe(401);
    expect(statusOf(await shake(port, { authorization: "Bearer another-token-16" }))).toBe(401);
    expect(statusOf(await shake(port, { authorization: `Bearer ${OTHER}` }))).toBe(403);
    expect(statusOf(await shake(port, {}, `/metrics/stream?token=${TOKEN}`))).toBe(401);
    const scrape = await collector.app.request("/metrics", { headers: { authorization: `Bearer ${OTHER}` } });
    expect(await scrape.text()).toContain('rum_access_denied_total{scope="live"} 4');
  });

  test("is needed under a name that is not the collector's, as for every open part", async () => {
    const port = await start({ access: { open: ["collect", "live"], hosts: [] } });
    expect(statusOf(await shake(port))).toBe(101);
    const rebound = await shake(port, { host: "evil.example", origin: "http://evil.example" });
    expect(statusOf(rebound)).toBe(403);
    expect(rebound).toContain('"code":"bad_host"');
  });
});

describe("a collector in an app", () => {
  test("has its WebSocket on the server of @hono/node-server, under the path of the app", async () => {
    const collector = newCollector({});
    const app = new Hono();
    app.get("/", (c) => c.text("home"));
    app.route("/rum", collector.app);
    const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    const detach = collector.attachWebSocket(server, { basePath: "/rum/" });
    const port = await portOf(server);
    for (const path of ["/rum/metrics/stream", "/rum/metrics/stream/", "/rum/metrics/stream?board=1"]) {
      const client = await openStreamClient(`ws://127.0.0.1:${port}${path}`);
      onTestFinished(() => client.ws.terminate());
      expect((await client.next("historical_data")).history).toEqual([]);
    }
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe("home");
    detach();
    expect(statusOf(await shake(port, {}, "/rum/metrics/stream"))).toBe(426);
  });

  test("without attachWebSocket says what to call", async () => {
    const collector = newCollector({});
    const plain = await collector.app.request("/metrics/stream");
    expect(plain.status).toBe(426);
    expect(await plain.text()).toContain("open it as ws:// or wss://");
    const upgrade = await collector.app.request("/metrics/stream", { headers: HANDSHAKE });
    expect(await upgrade.text()).toContain("collector.attachWebSocket(server)");
  });

  test("has none if the option says so: a switch, and no code to comment out", async () => {
    const collector = newCollector({ metricsStream: false });
    const server = serveCollector({ collector });
    const port = await portOf(server);
    expect(statusOf(await shake(port))).toBe(404);
    expect(collector.app.routes.map(({ path }) => path)).not.toContain("/metrics/stream");
  });

  test("leaves the upgrades of others to them, whichever came first", async () => {
    for (const isFirst of [true, false]) {
      const collector = newCollector({});
      const server = createServer((_request, response) => response.end("plain"));
      // It refuses every path that it does not know.
      const attachOther = () => new WebSocketServer({ server, path: "/chat" });
      const other = isFirst ? attachOther() : undefined;
      collector.attachWebSocket(server);
      const chat = other ?? attachOther();
      ends.push(() => chat.close());
      server.listen(0, "127.0.0.1");
      const port = await portOf(server);
      const client = await openStreamClient(`ws://127.0.0.1:${port}/metrics/stream`);
      await client.next("historical_data");
      client.send({ type: "ping" });
      await client.next("pong");
      expect(statusOf(await shake(port, {}, "/chat"))).toBe(101);
      expect(statusOf(await shake(port, {}, "/unknown"))).toBe(400);
      client.ws.terminate();
    }
  });

  test("answers requests that offer another protocol as if they did not", async () => {
    const port = await start();
    const answer = await shake(
      port,
      { connection: "Upgrade, HTTP2-Settings, close", upgrade: "h2c" },
      "/healthz",
    );
    expect(answer).toContain('{"status":"alive"}');
    const stream = await shake(port, { connection: "Upgrade, close", upgrade: "h2c" });
    expect(statusOf(stream)).toBe(400);
  });

  test("serves two collectors from one server", async () => {
    const server = createServer();
    newCollector({}).attachWebSocket(server, { basePath: "/a" });
    newCollector({}).attachWebSocket(server, { basePath: "/b" });
    server.listen(0, "127.0.0.1");
    const port = await portOf(server);
    expect(statusOf(await shake(port, {}, "/a/metrics/stream"))).toBe(101);
    expect(statusOf(await shake(port, {}, "/b/metrics/stream"))).toBe(101);
  });
});

test("a token has two hundred viewers, however it is sent, whatever their addresses", async () => {
  const port = await start({ ...closed, trustedProxies: ["127.0.0.1"] });
  const authorization = `Bearer ${TOKEN}`;
  const sse = await fetch(`http://127.0.0.1:${port}/realtime/metrics`, { headers: { authorization } });
  expect(sse.status).toBe(200);
  for (let index = 1; index < 200; index += 1) {
    const headers = { authorization, "x-forwarded-for": `203.0.113.${index}` };
    const { ws } = await openStreamClient(`ws://127.0.0.1:${port}/metrics/stream`, { headers });
    ends.push(() => ws.terminate());
  }
  const encoded = Buffer.from(TOKEN).toString("base64url");
  const address = { "x-forwarded-for": "203.0.113.200" };
  const ways = [{ authorization }, { "sec-websocket-protocol": `rumkit, rumkit.bearer.${encoded}` }];
  for (const way of ways) expect(statusOf(await shake(port, { ...address, ...way }))).toBe(503);
  await sse.body!.cancel();
});
