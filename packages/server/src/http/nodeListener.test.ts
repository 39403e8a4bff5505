import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { defineCatalog } from "@rumkit/protocol";
import { Hono } from "hono";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { serveCollector } from "../collector/serveCollector.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const SHOP = "https://shop.example";

let collector: Collector<typeof catalog>;
let server: Server;
let port: number;
let batches = 0;

async function start(basePath = ""): Promise<void> {
  const app = new Hono();
  app.use(collector.httpMetrics());
  app.get("/hello", (c) => c.text("Hello."));
  app.route(basePath || "/", collector.app);
  server = serveCollector({ collector, fetch: app.fetch, basePath });
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
}

beforeEach(() => {
  collector = createCollector({
    catalog,
    runtimeMetrics: false,
    allowedOrigins: [SHOP],
    bots: "count",
    environment: "production",
  });
});
afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await collector.stop();
});

function batch(): string {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  return JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: 1, events: [{ type: "page_view" }] });
}

function post(path: string, body: string, headers: Record<string, string> = { origin: SHOP }) {
  return fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body, headers });
}

/** Sends bytes as they are; resolves with everything that came until the server closed. */
async function sendRaw(...pieces: string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => (answer += chunk.toString())).on("error", () => {});
  for (const piece of pieces) socket.write(piece);
  await once(socket, "close");
  return answer;
}

const counted = /^rum_(batches|page_views)/;

describe("a collector that is served by us", () => {
  test("answers a batch itself, with the headers that the mounted handler sends", async () => {
    await start();
    const direct = await post("/collect", batch());
    const mounted = await collector.app.request("/collect", {
      method: "POST",
      body: batch(),
      headers: { origin: SHOP },
    });
    expect([direct.status, await direct.json()]).toEqual([mounted.status, await mounted.json()]);
    for (const [name, value] of mounted.headers)
      expect([name, direct.headers.get(name)]).toEqual([name, value]);
    expect(direct.headers.get("content-length")).toBe("14");
    expect(direct.headers.get("transfer-encoding")).toBeNull();
  });

  test("hands everything else to the app, also what begins with the same letters", async () => {
    await start();
    const paths = ["/hello", "/collect/funnels", "/collector", "/healthz"];
    const answers = await Promise.all(paths.map((path) => fetch(`http://127.0.0.1:${port}${path}`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 200]);
  });

  test("is where it is mounted, with or without a query", async () => {
    await start("/rum");
    const answers = [await post("/rum/collect", batch()), await post("/rum/collect?key=a", batch())];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect((await post("/collect", batch())).status).toBe(404);
  });

  test("counts a batch in pieces once, also when its sender is gone before the answer", async () => {
    await start();
    const before = await scrape(collector.app);
    const body = batch();
    const head = `POST /collect HTTP/1.1\r\nHost: a\r\nOrigin: ${SHOP}\r\nContent-Length: ${body.length}\r\n\r\n`;
    const socket = connect(port, "127.0.0.1");
    socket.write(head);
    socket.write(body.slice(0, 50));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(body.slice(50), () => socket.resetAndDestroy());
    await expect
      .poll(async () => changes(before, await scrape(collector.app), counted))
      .toMatchObject({ rum_batches_accepted_total: 1 });
  });

  test("counts a batch that ends too early as aborted", async () => {
    await start();
    const before = await scrape(collector.app);
    const socket = connect(port, "127.0.0.1");
    socket.end(`POST /collect HTTP/1.1\r\nHost: a\r\nOrigin: ${SHOP}\r\nContent-Length: 50\r\n\r\n{"v`);
    await expect
      .poll(async () => changes(before, await scrape(collector.app), counted))
      .toEqual({ 'rum_batches_rejected_total{reason="aborted"}': 1 });
  });

  test.each([
    ["declared", "Content-Length: 65537", ""],
    ["declared as more than there can be", "Content-Length: 99999999999", "{"],
    ["declared, and on its way", "Content-Length: 300000", "x".repeat(299_999)],
    ["found while it comes", "Transfer-Encoding: chunked", `20000\r\n${"x".repeat(0x20000)}\r\n`],
  ])("refuses a body that is too large, %s, and closes", async (_, header, body) => {
    await start();
    const answer = await sendRaw(
      `POST /collect HTTP/1.1\r\nHost: a\r\nOrigin: ${SHOP}\r\n${header}\r\n\r\n`,
      body,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close[\s\S]*"too_large"/i);
  });

  test.each(["GET", "TRACE", "PUT"])("answers %s with what it may be instead", async (method) => {
    await start();
    const answer = await sendRaw(`${method} /collect HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 405 [\s\S]*allow: POST, OPTIONS[\s\S]*"bad_method"/i);
  });

  test("lets a preflight of a listed origin through, and tells another one nothing", async () => {
    await start();
    const ask = (origin: string) =>
      fetch(`http://127.0.0.1:${port}/collect`, { method: "OPTIONS", headers: { origin } });
    const answers = [await ask(SHOP), await ask("https://evil.example")];
    expect(answers.map(({ status }) => status)).toEqual([204, 204]);
    expect(answers.map(({ headers }) => headers.get("access-control-allow-origin"))).toEqual([SHOP, null]);
  });
});
