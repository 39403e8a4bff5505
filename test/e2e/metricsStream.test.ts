/** The WebSocket of metrics in a real browser: who may open it, and with what. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { defineCatalog, type StreamServerMessage } from "@rumkit/protocol";
import { createCollector, type CollectorOptions, serveCollector } from "@rumkit/server";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { launchShell } from "../support/chromium.ts";

const catalog = defineCatalog({ app: "board", routes: ["/"] });
const TOKEN = "a-token-of-scope-live";

let browser: Browser;
beforeAll(async () => {
  browser = await launchShell();
});
afterAll(() => browser.close());

async function originOf(server: Server): Promise<string> {
  if (!server.listening) await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function startCollector(options: Partial<CollectorOptions<typeof catalog>> = {}): Promise<string> {
  const collector = createCollector({
    catalog,
    runtimeMetrics: false,
    environment: "production",
    ...options,
  });
  onTestFinished(() => collector.stop());
  return originOf(serveCollector({ collector }));
}

/** Returns what a page gets from the WebSocket: its first update, or the code with which the browser closes it. */
async function openIn(page: string, url: string, protocols: string[] = []) {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const opened = await context.newPage();
  await opened.goto(page);
  return opened.evaluate(
    ([address, offered]) =>
      new Promise<{ code?: number; protocol?: string; update?: StreamServerMessage }>((resolve) => {
        const ws = new WebSocket(address, offered);
        ws.addEventListener("open", () => {
          ws.send(
            JSON.stringify({
              type: "subscribe",
              filters: { endpoint: "/v1/chat/completions", interval: 1.0 },
            }),
          );
        });
        ws.addEventListener("message", (event: MessageEvent<string>) => {
          const message = JSON.parse(event.data) as StreamServerMessage;
          if (message.type === "metrics_update") resolve({ protocol: ws.protocol, update: message });
        });
        ws.addEventListener("close", ({ code }) => resolve({ code }));
      }),
    [url, protocols] as const,
  );
}

const streamOf = (origin: string): string => `${origin.replace("http", "ws")}/metrics/stream`;

test("a page of the same origin gets updates, under the policy that the live page is served with", async () => {
  const origin = await startCollector();
  const { update } = await openIn(`${origin}/realtime`, streamOf(origin));
  expect(update).toMatchObject({
    type: "metrics_update",
    data: { throughput: { total_requests_per_sec: 0 }, latency: {} },
    deltas: expect.any(Object) as object,
  });
});

test("a page of another origin gets nothing", async () => {
  const origin = await startCollector();
  const other = createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<title>Other</title>");
  });
  other.listen(0, "127.0.0.1");
  // 1006: the browser does not say that the handshake was answered with 403.
  expect(await openIn(await originOf(other), streamOf(origin))).toEqual({ code: 1006 });
  expect(await openIn("about:blank", streamOf(origin))).toEqual({ code: 1006 });
});

test("a page sends its token as a subprotocol, and is answered with another one", async () => {
  const access = { open: ["collect"], tokens: [{ name: "board", secret: TOKEN, scopes: ["live"] }] } as const;
  const origin = await startCollector({ access });
  expect(await openIn(`${origin}/realtime`, streamOf(origin))).toEqual({ code: 1006 });
  const encoded = btoa(TOKEN).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const offered = ["rumkit", `rumkit.bearer.${encoded}`];
  const { protocol, update } = await openIn(`${origin}/realtime`, streamOf(origin), offered);
  expect([protocol, update?.type]).toEqual(["rumkit", "metrics_update"]);
});
