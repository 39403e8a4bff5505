import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { serve } from "@hono/node-server";
import { defineCatalog } from "@rumkit/protocol";
import { type Collector, type CollectorOptions, createCollector, serveCollector } from "@rumkit/server";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "./support/listen.ts";
import { scrape } from "./support/scrape.ts";
import { type Served, TRANSPORTS } from "./support/transports.ts";

/** The same questions to a collector, whatever carries them. */

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const OWN = "rum.example";
const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";

function open(options: Partial<CollectorOptions<typeof catalog>> = {}): Collector<typeof catalog> {
  const collector = createCollector({ catalog, runtimeMetrics: false, ...options });
  onTestFinished(() => collector.stop());
  return collector;
}

let batches = 0;
function batch(): string {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  return JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: 1, events: [{ type: "page_view" }] });
}

const READ = [
  "/collect/funnels",
  "/metrics",
  "/api/rumkit/openapi.json",
  "/realtime",
  "/realtime/metrics",
  "/api/rumkit/errors",
  "/api/rumkit/cardinality",
  "/healthz",
  "/readyz",
];

const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"];

describe.each(Object.entries(TRANSPORTS))("over %s", (name, serveBy) => {
  const isMounted = name.includes("an app");
  async function start(options: Partial<CollectorOptions<typeof catalog>> = {}) {
    const collector = open(options);
    const served: Served = await serveBy(collector);
    onTestFinished(() => served.close());
    const viewers = async () => (await scrape(collector.app)).get("rum_live_clients") ?? 0;
    const views = async () => {
      const after = await scrape(collector.app);
      return [...after]
        .filter(([series]) => series.startsWith("rum_page_views_total"))
        .reduce((sum, [, value]) => sum + value, 0);
    };
    return { collector, viewers, views, ...served };
  }

  test("every route answers, with a slash at its end or without, and HEAD as GET without a body", async () => {
    const { ask } = await start();
    for (const path of READ.flatMap((route) => [route, `${route}/`])) {
      const got = await ask({ method: "GET", path });
      expect([path, got.status, got.text.length > 0]).toEqual([path, 200, true]);
      const head = await ask({ method: "HEAD", path });
      expect([path, head.status, head.text]).toEqual([path, 200, ""]);
      expect([path, head.headers["content-type"]]).toEqual([path, got.headers["content-type"]]);
    }
    const { text } = await ask({ method: "GET", path: "/realtime/" });
    expect(text).toContain('src="assets/');
  });

  test("a page of the collector's own host counts, also with a slash at the path's end", async () => {
    const { ask, scheme, views } = await start();
    const headers = { origin: `${scheme}://${OWN}`, "user-agent": FIREFOX };
    for (const path of ["/collect", "/collect/", "/collect?key=a", "/collect/?key=a"]) {
      const { status, text } = await ask({ method: "POST", path, headers, body: batch() });
      expect([path, status, text]).toEqual([path, 202, '{"accepted":1}']);
    }
    expect(await views()).toBe(4);
    const other = { ...headers, origin: "https://evil.example" };
    expect((await ask({ method: "POST", path: "/collect", headers: other, body: batch() })).status).toBe(403);
  });

  test("HEAD of the live stream takes no viewer's place, however often it is asked", async () => {
    const { ask, viewers } = await start();
    for (let asked = 0; asked < 60; asked += 1) {
      expect((await ask({ method: "HEAD", path: "/realtime/metrics" })).status).toBe(200);
    }
    expect(await viewers()).toBe(0);
    expect((await ask({ method: "GET", path: "/realtime/metrics" })).text).toContain("retry:");
  });

  test("a viewer that leaves gives its place back", async () => {
    const { ask, viewers } = await start();
    for (let asked = 0; asked < 3; asked += 1) {
      expect((await ask({ method: "GET", path: "/realtime/metrics" })).status).toBe(200);
      await expect.poll(viewers, { interval: 10 }).toBe(0);
    }
  });

  test("a name that is not the collector's opens nothing that is open by name", async () => {
    const { ask } = await start({ access: { open: ["collect", "metrics", "live"], hosts: [OWN] } });
    for (const path of ["/api/rumkit/cardinality", "/metrics", "/realtime/metrics", "/api/rumkit/errors"]) {
      expect([path, (await ask({ method: "GET", path })).status]).toEqual([path, 200]);
      for (const method of ["GET", "HEAD"]) {
        const { status } = await ask({ method, path, host: "evil.example" });
        expect([method, path, status]).toEqual([method, path, 403]);
      }
    }
  });

  test.each(["GET", "HEAD", "PUT", "DELETE", "PROPFIND"])("%s is not a way to send", async (method) => {
    const { ask } = await start();
    const { status, headers } = await ask({ method, path: "/collect" });
    expect([status, headers["allow"]]).toEqual([405, "POST, OPTIONS"]);
    // An app may have a page of that address.
    const sendingOnly = await ask({ method, path: "/ingest" });
    expect(sendingOnly.status).toBe(isMounted ? 404 : 405);
  });

  test("every method at every route is answered, says how to take the answer, and takes no place for ever", async () => {
    const { ask, collector, viewers } = await start();
    const own = collector.app.routes.filter(({ path }) => !path.endsWith("/"));
    const paths = [...new Set(own.map(({ path }) => path.replaceAll(/:\w+/g, "x"))), "/elsewhere"];
    expect(paths.length).toBeGreaterThan(13);
    const wrong: unknown[] = [];
    for (const path of paths) {
      for (const method of METHODS) {
        // A web request knows no TRACE.
        if (method === "TRACE" && name.includes("in the process")) continue;
        const body = ["POST", "PUT", "PATCH"].includes(method) ? batch() : undefined;
        const { status, headers } = await ask({ method, path, ...(body !== undefined && { body }) });
        const { "x-content-type-options": sniffing, allow } = headers;
        const isApps = isMounted && status === 404;
        const isRight =
          status < 500 && (sniffing === "nosniff" || isApps) && (status === 405) === (allow !== undefined);
        if (!isRight) wrong.push([method, path, status, sniffing, allow]);
        if (allow?.split(", ").includes(method)) wrong.push([method, path, "is allowed", allow]);
      }
    }
    expect(wrong).toEqual([]);
    await expect.poll(viewers).toBe(0);
  });

  test("a body that is too large is refused, and the next request is answered", async () => {
    const { ask, scheme } = await start();
    const headers = { origin: `${scheme}://${OWN}` };
    const body = "x".repeat(200_000);
    expect((await ask({ method: "POST", path: "/collect", headers, body })).status).toBe(413);
    expect((await ask({ method: "POST", path: "/collect", headers, body: batch() })).status).toBe(202);
  });
});

describe("over a bare socket", () => {
  async function openSocket() {
    const collector = open({ access: { open: ["collect", "metrics"], hosts: [OWN] } });
    const origin = await listen(createServer(collector.nodeListener()).listen(0, "127.0.0.1"));
    const { port } = new URL(origin);
    /** Sends a head as it is; resolves with the first line of the answer. */
    return (head: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(port), "127.0.0.1", () => socket.write(`${head}\r\n\r\n`));
        socket.on("error", reject).once("data", (chunk) => {
          socket.destroy();
          resolve(String(chunk).split("\r\n")[0]!);
        });
      });
  }

  test.each([
    ["a target with its host", `GET http://${OWN}/metrics HTTP/1.1\r\nHost: ${OWN}`, 200],
    ["one whose host is not the header's", `GET http://evil.example/metrics HTTP/1.1\r\nHost: ${OWN}`, 403],
    ["a target without a path", `GET http://${OWN} HTTP/1.1\r\nHost: ${OWN}`, 404],
    ["a batch to a target with its host", `GET http://${OWN}/collect HTTP/1.1\r\nHost: ${OWN}`, 405],
    ["the question for the server's options", `OPTIONS * HTTP/1.1\r\nHost: ${OWN}`, 400],
    [
      "a WebSocket",
      `GET /realtime/metrics HTTP/1.1\r\nHost: ${OWN}\r\nConnection: Upgrade\r\nUpgrade: websocket`,
      401,
    ],
    [
      "HTTP/2 by an upgrade",
      `GET /metrics HTTP/1.1\r\nHost: ${OWN}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk`,
      200,
    ],
    ["HTTP/1.0 without a host", "GET /healthz HTTP/1.0", 200],
    ["HTTP/1.1 without a host", "GET /healthz HTTP/1.1", 400],
    ["two slashes where every method is taken", `GET //collect HTTP/1.1\r\nHost: ${OWN}`, 404],
    ["two slashes", `GET //metrics HTTP/1.1\r\nHost: ${OWN}`, 404],
    ["an encoded letter", `GET /%6detrics HTTP/1.1\r\nHost: ${OWN}`, 200],
    ["a broken escape", `GET /metrics/%zz HTTP/1.1\r\nHost: ${OWN}`, 404],
  ])("%s", async (_what, head, status) => {
    const ask = await openSocket();
    expect(await ask(head)).toContain(`HTTP/1.1 ${status} `);
  });
});

describe("without a Host, as load balancers ask over HTTP/1.0", () => {
  const SERVERS: Readonly<Record<string, (collector: Collector<typeof catalog>) => Server>> = {
    nodeListener: (collector) => createServer(collector.nodeListener()).listen(0, "127.0.0.1"),
    "nodeListener around an app": ({ app, nodeListener }) =>
      createServer(nodeListener(new Hono().route("/", app).fetch)).listen(0, "127.0.0.1"),
    serveCollector: (collector) => serveCollector({ collector }),
    "an app of Hono that is served with its hostname": ({ app }) =>
      serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server,
  };

  /** Resolves with the answer up to its end; of a stream of events, up to its first one. */
  function ask(port: number, head: string, body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let text = "";
      const socket = connect(port, "127.0.0.1", () => socket.write(`${head}\r\n\r\n${body}`));
      const settle = (): void => {
        socket.destroy();
        resolve(text);
      };
      socket.on("error", reject).on("end", settle);
      socket.on("data", (chunk) => {
        text += String(chunk);
        if (text.includes("text/event-stream") && text.includes("\r\n\r\n")) settle();
      });
    });
  }

  test.each(Object.entries(SERVERS))("every route answers as it does with one: %s", async (_name, start) => {
    const collector = open({ access: { open: ["collect", "metrics", "live"], hosts: [OWN] } });
    const server = start(collector);
    onTestFinished(() => void server.close());
    if (!server.listening) await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const own = collector.app.routes.filter(({ path }) => !path.endsWith("/"));
    const paths = [...new Set(own.map(({ path }) => path.replaceAll(/:\w+/g, "x"))), "/", "/elsewhere"];
    expect(paths.length).toBeGreaterThan(13);
    const wrong: unknown[] = [];
    for (const path of paths) {
      for (const method of ["GET", "HEAD", "POST", "OPTIONS", "DELETE"]) {
        const body = method === "POST" ? batch() : "";
        const length = body === "" ? "" : `\r\nContent-Length: ${body.length}`;
        const named = await ask(
          port,
          `${method} ${path} HTTP/1.1\r\nHost: ${OWN}\r\nConnection: close${length}`,
          body,
        );
        const unnamed = await ask(port, `${method} ${path} HTTP/1.0${length}`, body);
        const [line, ...headers] = unnamed.split("\r\n\r\n", 1)[0]!.split("\r\n");
        // A client of HTTP/1.0 takes a chunked body for what it says (RFC 9112, section 7).
        const isChunked = headers.some((header) => /^transfer-encoding/i.test(header));
        if (line !== named.split("\r\n", 1)[0] || line === "" || isChunked)
          wrong.push([method, path, line, named.split("\r\n", 1)[0], isChunked]);
      }
    }
    expect(wrong).toEqual([]);
    expect(await ask(port, "GET /healthz HTTP/1.1", "")).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("behind a proxy that is trusted", () => {
  test("each viewer has its own place, and one alone cannot take them all", async () => {
    const collector = open({ trustedProxies: ["127.0.0.1"] });
    const origin = await listen(createServer(collector.nodeListener()).listen(0, "127.0.0.1"));
    const view = async (address: string): Promise<number> => {
      const headers = { "x-forwarded-for": address };
      return (await fetch(`${origin}/realtime/metrics`, { headers })).status;
    };
    for (let viewer = 0; viewer < 55; viewer += 1)
      expect([viewer, await view(`203.0.113.${viewer}`)]).toEqual([viewer, 200]);
    for (let viewer = 0; viewer < 50; viewer += 1) expect(await view("198.51.100.7")).toBe(200);
    expect(await view("198.51.100.7")).toBe(503);
    expect(await view("198.51.100.8")).toBe(200);
  });
});
