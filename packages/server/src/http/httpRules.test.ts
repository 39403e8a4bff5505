import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { defineCatalog } from "@rumkit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { serveCollector } from "../collector/serveCollector.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const OWN = "http://rum.example";

let collector: Collector<typeof catalog>;
let server: Server;
beforeAll(async () => {
  collector = createCollector({ catalog, runtimeMetrics: false, allowedOrigins: [OWN] });
  server = serveCollector({ collector });
  await once(server, "listening");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await collector.stop();
});

let ids = 0;
const batch = (): string =>
  JSON.stringify({
    v: 1,
    id: (ids += 1).toString(16).padStart(32, "0"),
    session: "f".repeat(32),
    sentAt: 1,
    events: [{ type: "page_view" }],
  });

async function open(): Promise<{ socket: Socket; read: () => string }> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  let text = "";
  socket.on("error", () => {}).on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, "connect");
  return { socket, read: () => text };
}

/** Sends raw bytes, and returns the answer until the server closes the connection or has answered. */
async function exchange(bytes: string): Promise<string> {
  const { socket, read } = await open();
  const answered = new Promise<void>((resolve) => {
    // Not by polling: there are hundreds of these.
    socket.on("data", () => read().includes("\r\n\r\n") && resolve()).on("close", () => resolve());
  });
  socket.write(bytes);
  await answered;
  socket.destroy();
  return read();
}

describe("a request that others may read otherwise", () => {
  const chunked = (coding: string): string =>
    `POST /collect HTTP/1.1\r\nHost: a\r\nOrigin: ${OWN}\r\nTransfer-Encoding: ${coding}\r\n\r\n` +
    `${batch().length.toString(16)}\r\n${batch()}\r\n0\r\n\r\n`;

  test.each([
    ["two hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
    ["the same host twice", "GET /healthz HTTP/1.1\r\nHost: a\r\nHOST: a\r\n\r\n"],
    ["a coding next to chunked", chunked("gzip, chunked")],
    ["chunked twice", chunked("chunked, chunked")],
    ["another version", "GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n"],
    ["version 0.9", "GET /healthz HTTP/0.9\r\nHost: a\r\n\r\n"],
  ])("%s: 400, and the connection is closed", async (_what, bytes) => {
    const answer = await exchange(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.toLowerCase()).toContain("connection: close");
  });

  test("plain chunks are read", async () => {
    expect(await exchange(chunked("chunked"))).toMatch(/^HTTP\/1\.1 202 /);
    expect(await exchange(chunked("Chunked "))).toMatch(/^HTTP\/1\.1 202 /);
  });
});

describe("Expect: 100-continue", () => {
  const head = (origin: string, length: number, path = "/collect"): string =>
    `POST ${path} HTTP/1.1\r\nHost: a\r\nOrigin: ${origin}\r\nContent-Length: ${length}\r\nExpect: 100-continue\r\n\r\n`;

  test("is answered where the body is wanted, and the connection goes on", async () => {
    const { socket, read } = await open();
    for (let sent = 1; sent <= 2; sent += 1) {
      const body = batch();
      socket.write(head(OWN, body.length));
      await expect.poll(() => read().match(/HTTP\/1\.1 100 Continue\r\n/g)?.length).toBe(sent);
      socket.write(body);
      await expect.poll(() => read().match(/HTTP\/1\.1 202 /g)?.length).toBe(sent);
    }
    socket.destroy();
  });

  test.each([
    ["of another origin", head("https://evil.example", 100), 403],
    ["that is too long", head(OWN, 99_999_999), 413],
    ["to a route that takes none", head(OWN, 100, "/metrics"), 405],
    ["to no route", head(OWN, 100, "/elsewhere"), 404],
  ])("a body %s is refused without being asked for", async (_what, bytes, status) => {
    const answer = await exchange(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer.toLowerCase()).toContain("connection: close");
    expect(answer).not.toContain("100 Continue");
  });
});

describe("methods and versions of a bare socket", () => {
  const routes = (): string[] => [
    ...new Set(collector.app.routes.map(({ path }) => path.replaceAll(/:\w+/g, "x"))),
  ];

  test.each(["TRACE", "CONNECT", "PRI", "GET", "HEAD", "POST"])(
    "%s never fails, over HTTP/1.0 and 1.1",
    async (method) => {
      for (const version of ["1.0", "1.1"]) {
        for (const path of routes()) {
          const target = method === "CONNECT" ? "a:80" : path;
          const answer = await exchange(
            `${method} ${target} HTTP/${version}\r\nHost: a\r\nConnection: close\r\n\r\n`,
          );
          expect([method, path, answer]).not.toEqual([method, path, expect.stringMatching(/^HTTP\/1\.1 5/)]);
        }
      }
      const viewers = async () => (await scrape(collector.app)).get("rum_live_clients") ?? 0;
      await expect.poll(viewers).toBe(0);
    },
  );
});
