import { once } from "node:events";
import { type ClientHttp2Session, connect, createSecureServer, createServer } from "node:http2";
import { createServer as createPlainServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer, request as sendTlsRequest } from "node:https";
import { connect as connectPlain } from "node:net";
import { connect as connectTls } from "node:tls";
import { serve } from "@hono/node-server";
import { defineCatalog, type HttpSpec } from "@rumkit/protocol";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { createCertificate } from "../../../../test/support/certificate.ts";
import { listen } from "../../../../test/support/listen.ts";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "../collector/createCollector.ts";

/** HTTP/2 and TLS: the same families, from the same two functions. Certificates are made for the test. */

const { key, cert } = createCertificate();
const tls = { key, cert };

async function open(http: HttpSpec = {}) {
  const collector = createCollector({
    catalog: defineCatalog({ app: "shop", routes: ["/"], endpoints: ["/orders/:id"], http }),
    runtimeMetrics: false,
  });
  onTestFinished(() => collector.stop());
  const before = await scrape(collector.app);
  return {
    collector,
    counted: async (families: string) =>
      changes(before, await scrape(collector.app), new RegExp(`^${families}`)),
    inFlight: async () => (await scrape(collector.app)).get("http_requests_in_flight"),
  };
}

/** The port of a server that listens until the test ends. */
async function portOf(server: Parameters<typeof listen>[0]): Promise<number> {
  return Number(new URL(await listen(server)).port);
}

function openSession(origin: string): ClientHttp2Session {
  const session = connect(origin, { rejectUnauthorized: false });
  onTestFinished(() => session.destroy());
  return session;
}

/** Sends one request in a session; resolves to the status and the text of its answer. */
async function ask(
  session: ClientHttp2Session,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; text: string }> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  const [answer] = (await once(stream, "response")) as [Record<string, number>];
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return { status: answer[":status"] ?? 0, text };
}

function askTls(port: number, path: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const options = { port, host: "127.0.0.1", path, method, rejectUnauthorized: false, agent: false };
    const request = sendTlsRequest(options, async (response) => {
      let text = "";
      for await (const chunk of response) text += String(chunk);
      resolve(text);
    });
    request.on("error", reject);
    request.end(body);
  });
}

function createShop(collector: { httpMetrics: ReturnType<typeof createCollector>["httpMetrics"] }): Hono {
  const shop = new Hono();
  shop.use(collector.httpMetrics());
  shop.get("/product/:id", (c) => c.text("a book"));
  shop.post("/orders", async (c) => c.json({ bytes: (await c.req.arrayBuffer()).byteLength }, 201));
  return shop;
}

const LABELS = 'method="GET",route="/product/:id"';

/** The metrics of a GET of 6 bytes and a POST of 5 that is answered with 11. */
const TWO_REQUESTS = {
  [`http_requests_total{${LABELS},status="2xx"}`]: 1,
  'http_requests_total{method="POST",route="/orders",status="2xx"}': 1,
  [`http_request_duration_seconds_count{${LABELS}}`]: 1,
  'http_request_duration_seconds_count{method="POST",route="/orders"}': 1,
  http_request_duration_highr_seconds_count: 2,
  [`http_response_headers_duration_seconds_count{${LABELS}}`]: 1,
  'http_response_headers_duration_seconds_count{method="POST",route="/orders"}': 1,
  'http_request_size_bytes_sum{method="POST",route="/orders"}': 5,
  'http_request_size_bytes_count{method="POST",route="/orders"}': 1,
  [`http_response_size_bytes_sum{${LABELS}}`]: 6,
  [`http_response_size_bytes_count{${LABELS}}`]: 1,
  'http_response_size_bytes_sum{method="POST",route="/orders"}': 11,
  'http_response_size_bytes_count{method="POST",route="/orders"}': 1,
};
const COUNTED = "http_(requests_total|.*_count|.*_size_bytes_sum)";

describe("httpMetrics() under @hono/node-server", () => {
  const servers = {
    "HTTP/2 without TLS": () => ({ createServer, origin: "http" }),
    "HTTP/2 over TLS": () => ({ createServer: createSecureServer, serverOptions: tls, origin: "https" }),
  } as const;

  for (const [name, optionsOf] of Object.entries(servers)) {
    test(`${name}: the same families as over HTTP/1.1`, async () => {
      const { collector, counted } = await open();
      const { origin, ...server } = optionsOf();
      const shop = createShop(collector);
      const options = { fetch: shop.fetch, port: 0, hostname: "127.0.0.1", ...server };
      const port = await portOf(serve(options));
      const session = openSession(`${origin}://127.0.0.1:${port}`);
      expect(await ask(session, { ":path": "/product/1" })).toEqual({ status: 200, text: "a book" });
      const order = await ask(session, { ":path": "/orders", ":method": "POST" }, "12345");
      expect(order).toEqual({ status: 201, text: '{"bytes":5}' });
      await expect.poll(() => counted(COUNTED)).toEqual(TWO_REQUESTS);
    });
  }

  test("a stream that its client resets is a client's failure, and nothing stays in flight", async () => {
    const { collector, counted, inFlight } = await open();
    const shop = createShop(collector);
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>();
    shop.get("/slow", () => {
      enter();
      return new Promise<Response>(() => {});
    });
    const server = serve({ fetch: shop.fetch, port: 0, hostname: "127.0.0.1", createServer });
    const session = openSession(await listen(server));
    const stream = session.request({ ":path": "/slow" });
    stream.on("error", () => {});
    await entered;
    expect(await inFlight()).toBe(1);
    stream.close();
    await expect.poll(inFlight).toBe(0);
    expect(await counted("http_requests_total")).toEqual({
      'http_requests_total{method="GET",route="/slow",status="4xx"}': 1,
    });
  });
});

describe("nodeHttpMetrics()", () => {
  /** Answers without a look at the request, one with an explicit status and one in pieces. */
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url?.startsWith("/orders") === true) {
      response.writeHead(200, { "content-type": "text/plain" });
      response.write("ab");
      response.end("cde");
      return;
    }
    response.statusCode = 404;
    response.end();
  };
  const plain = {
    'http_requests_total{method="GET",route="/orders/:id",status="2xx"}': 1,
    'http_requests_total{method="GET",route="unmatched",status="4xx"}': 1,
    'http_response_size_bytes_sum{method="GET",route="/orders/:id"}': 5,
  };

  test("node:https: the same families as without TLS", async () => {
    const { collector, counted } = await open();
    const measure = collector.nodeHttpMetrics();
    const server = createTlsServer(tls, (request, response) => {
      measure(request, response);
      answer(request, response);
    });
    const port = await portOf(server.listen(0, "127.0.0.1"));
    expect(await askTls(port, "/orders/1")).toBe("abcde");
    await askTls(port, "/wp-admin");
    await expect.poll(() => counted("http_(requests_total|response_size_bytes_sum)")).toEqual(plain);
  });

  test("node:http2's compatible API: pseudo headers are not headers, and there is no connection to ask", async () => {
    const { collector, counted } = await open();
    const measure = collector.nodeHttpMetrics();
    const server = createServer((request, response) => {
      measure(request as unknown as IncomingMessage, response as unknown as ServerResponse);
      answer(request as unknown as IncomingMessage, response as unknown as ServerResponse);
    });
    const session = openSession(await listen(server.listen(0, "127.0.0.1")));
    const headers = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01" };
    expect((await ask(session, { ":path": "/orders/1", ...headers })).text).toBe("abcde");
    await ask(session, { ":path": "/wp-admin" });
    await expect.poll(() => counted("http_(requests_total|response_size_bytes_sum)")).toEqual(plain);
  });

  test("OpenTelemetry's labels tell TLS apart, also where the server closed the connection without an answer", async () => {
    const { collector, counted } = await open({ names: "opentelemetry" });
    const measure = collector.nodeHttpMetrics();
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      measure(request, response);
      if (request.url === "/orders/1") request.socket.destroy();
      else answer(request, response);
    };
    const secure = await portOf(createTlsServer(tls, listener).listen(0, "127.0.0.1"));
    const unencrypted = await portOf(createPlainServer(listener).listen(0, "127.0.0.1"));
    const clients = [
      connectPlain({ port: unencrypted, host: "127.0.0.1" }),
      connectTls({ port: secure, host: "127.0.0.1", rejectUnauthorized: false }),
    ];
    for (const socket of clients) {
      socket.on("error", () => {});
      socket.write("GET /orders/1 HTTP/1.1\r\nHost: a\r\n\r\n");
      await once(socket, "close");
    }
    await askTls(secure, "/orders/2");
    const series = (scheme: string, outcome: string): string =>
      `http_server_request_duration_seconds_count{http_request_method="GET",url_scheme="${scheme}",http_route="/orders/:id",${outcome}}`;
    await expect
      .poll(() => counted("http_server_request_duration_seconds_count"))
      .toEqual({
        [series("http", 'error_type="server_closed"')]: 1,
        [series("https", 'error_type="server_closed"')]: 1,
        [series("https", 'http_response_status_code="200"')]: 1,
      });
  });
});
