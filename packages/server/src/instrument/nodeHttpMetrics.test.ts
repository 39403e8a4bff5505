import { createServer, type RequestListener } from "node:http";
import { defineCatalog } from "@rumkit/protocol";
import express from "express";
import fastify from "fastify";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../../../../test/support/listen.ts";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "../collector/createCollector.ts";
import type { NodeHttpMetricsOptions } from "./nodeHttpMetrics.ts";

/** A collector, its middleware, and what was counted. */
async function openCollector(options: NodeHttpMetricsOptions & { endpoints?: readonly string[] } = {}) {
  const { endpoints, ...metrics } = options;
  const collector = createCollector({
    catalog: defineCatalog({ app: "shop", routes: ["/"], ...(endpoints && { endpoints }) }),
    runtimeMetrics: false,
  });
  onTestFinished(() => collector.stop());
  const before = await scrape(collector.app);
  return {
    metrics: collector.nodeHttpMetrics(metrics),
    counted: async (families: string): Promise<Record<string, number>> =>
      changes(before, await scrape(collector.app), new RegExp(`^${families}`)),
  };
}

/** Sends requests to a listener over a socket, one after the other. */
async function visit(listener: RequestListener, ...paths: readonly string[]): Promise<void> {
  const origin = await listen(createServer(listener).listen(0, "127.0.0.1"));
  for (const path of paths) await (await fetch(origin + path)).text();
}

/** The counter's series of GET requests, by route and class of status. */
function routesOf(counted: Record<string, number>): Record<string, number> {
  const short = Object.entries(counted).map(([series, value]): [string, number] => {
    const [, route, status] = /route="([^"]*)",status="([^"]*)"/.exec(series) ?? [];
    return [`${route} ${status}`, value];
  });
  return Object.fromEntries(short);
}

describe("a plain node:http server", () => {
  test("counts by the patterns that are declared: its own, else the catalog's endpoints", async () => {
    for (const options of [
      { routes: ["/orders/:id"] },
      { endpoints: ["/orders/:id", "https://a.example/x"] },
    ]) {
      const { metrics, counted } = await openCollector(options);
      await visit(
        (request, response) => {
          metrics(request, response);
          response.end("ok");
        },
        "/orders/1?x=1",
        "/orders/2",
        "/other",
      );
      expect(routesOf(await counted("http_requests_total"))).toEqual({
        "/orders/:id 2xx": 2,
        "unmatched 2xx": 1,
      });
    }
  });

  test("learns templates where nothing is declared, and none from what is not found", async () => {
    const { metrics, counted } = await openCollector();
    await visit(
      (request, response) => {
        metrics(request, response);
        response.statusCode = request.url?.startsWith("/wp-") ? 404 : 200;
        response.end();
      },
      "/orders/1",
      "/orders/0b9d2c1e-6a4f-4a0e-9d55-3f1c2b7a8e90",
      "/log/2026-11-21",
      "/",
      "/wp-login.php",
      "/wp-admin/x",
    );
    expect(routesOf(await counted("http_requests_total"))).toEqual({
      "/orders/:id 2xx": 2,
      "/log/:date 2xx": 1,
      "/ 2xx": 1,
      "unmatched 4xx": 2,
    });
  });

  test("counts bytes, times and what is in flight under the same names as the Hono middleware", async () => {
    const { metrics, counted } = await openCollector({ routes: ["/"] });
    await visit((request, response) => {
      metrics(request, response);
      response.writeHead(200, ["content-type", "text/plain"]);
      response.write("a€");
      response.end(Buffer.from("b"));
    }, "/");
    expect(await counted("http_response_size_bytes_sum")).toEqual({
      'http_response_size_bytes_sum{method="GET",route="/"}': 5,
    });
    const labels = '{method="GET",route="/"}';
    expect(await counted("http_.*_seconds_count")).toEqual({
      [`http_request_duration_seconds_count${labels}`]: 1,
      http_request_duration_highr_seconds_count: 1,
      [`http_response_headers_duration_seconds_count${labels}`]: 1,
    });
  });

  test("a stream of events has a count and no time, whichever way its type was set", async () => {
    const { metrics, counted } = await openCollector({ routes: ["/a", "/b", "/c"] });
    await visit(
      (request, response) => {
        metrics(request, response);
        if (request.url === "/a") response.setHeader("Content-Type", "text/event-stream");
        if (request.url === "/b") response.writeHead(200, "OK", { "CONTENT-TYPE": "text/event-stream" });
        if (request.url === "/c") response.writeHead(200, ["x", "y", "Content-Type", "text/event-stream"]);
        response.end("data: x\n\n");
      },
      "/a",
      "/b",
      "/c",
    );
    expect(routesOf(await counted("http_requests_total"))).toEqual({ "/a 2xx": 1, "/b 2xx": 1, "/c 2xx": 1 });
    expect(await counted("http_(request|response)_")).toEqual({});
  });
});

describe("Express 5", () => {
  test("counts by the route that took the request, with the place of its router", async () => {
    const { metrics, counted } = await openCollector();
    const app = express();
    app.use(metrics);
    app.get("/product/:id", (_request, response) => void response.send("ok"));
    const users = express.Router({ mergeParams: true });
    users.get("/orders/:order", (_request, response) => void response.json({}));
    users.get("/", (_request, response) => void response.send("user"));
    app.use("/users/:user", users);
    app.get(/^\/file-.*$/, (_request, response) => void response.send("ok"));
    await visit(app, "/product/1", "/users/42/orders/7?x", "/users/43/", "/file-a", "/file-b", "/nothing");
    expect(routesOf(await counted("http_requests_total"))).toEqual({
      "/product/:id 2xx": 1,
      "/users/:user/orders/:order 2xx": 1,
      "/users/:user 2xx": 1,
      "/^\\\\/file-.*$/ 2xx": 2,
      "unmatched 4xx": 1,
    });
  });

  test("an error counts for its route, also where it has left the router", async () => {
    const { metrics, counted } = await openCollector();
    const app = express();
    app.use(metrics);
    const shop = express.Router();
    shop.get("/cart/:id", async () => Promise.reject(new Error("broken")));
    app.use("/api/v1", shop);
    const answerError: express.ErrorRequestHandler = (_error, _request, response, _next) =>
      void response.status(500).send("sorry");
    app.use(answerError);
    await visit(app, "/api/v1/cart/3");
    expect(routesOf(await counted("http_requests_total"))).toEqual({ "/api/v1/cart/:id 5xx": 1 });
  });

  test("an early answer counts for a declared pattern", async () => {
    const { metrics, counted } = await openCollector({ routes: ["/admin/users/:id"] });
    const app = express();
    app.use(metrics);
    app.use("/admin", (_request, response) => void response.status(401).send("no"));
    app.get("/admin/users/:id", (_request, response) => void response.send("ok"));
    await visit(app, "/admin/users/1");
    expect(routesOf(await counted("http_requests_total"))).toEqual({ "/admin/users/:id 4xx": 1 });
  });

  test("what is excluded is not counted, and goes on", async () => {
    const { metrics, counted } = await openCollector({ exclude: ["/alive"] });
    const app = express();
    app.use(metrics);
    app.get("/alive", (_request, response) => void response.send("ok"));
    await visit(app, "/alive");
    expect(await counted("http_requests_total")).toEqual({});
  });
});

describe("Fastify 5", () => {
  test("counts by the route's pattern, its prefix included, and early answers for the route they were for", async () => {
    const { metrics, counted } = await openCollector();
    const app = fastify();
    app.addHook("onRequest", metrics);
    app.addHook("preHandler", async (request, reply) =>
      request.url.startsWith("/admin") ? reply.code(401).send("no") : undefined,
    );
    app.get("/product/:id", async () => "ok");
    app.get("/admin/users/:id", async () => "ok");
    await app.register(
      async (api) => {
        api.get("/fail/:id", async () => Promise.reject(new Error("broken")));
      },
      { prefix: "/api" },
    );
    await app.listen({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => app.close());
    const origin = app.listeningOrigin;
    for (const path of ["/product/1", "/product/2", "/admin/users/1", "/api/fail/1", "/wp-login.php"]) {
      await (await fetch(origin + path)).text();
    }
    expect(routesOf(await counted("http_requests_total"))).toEqual({
      "/product/:id 2xx": 2,
      "/admin/users/:id 4xx": 1,
      "/api/fail/:id 5xx": 1,
      "unmatched 4xx": 1,
    });
    expect(await counted("http_response_size_bytes_sum.*product")).toEqual({
      'http_response_size_bytes_sum{method="GET",route="/product/:id"}': 4,
    });
  });

  const badUrl = { "unmatched 4xx": 1 };

  test("counts a URL that it cannot decode, once it has had a request that it can", async () => {
    const { metrics, counted } = await openCollector();
    const app = fastify();
    app.addHook("onRequest", metrics);
    app.get("/product/:id", async () => "ok");
    await app.listen({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => app.close());
    for (const path of ["/product/1", "/product/%zz", "/product/2"]) await fetch(app.listeningOrigin + path);
    await expect
      .poll(async () => routesOf(await counted("http_requests_total")))
      .toEqual({ "/product/:id 2xx": 2, ...badUrl });
  });

  test("counts the first of them, too, if its handler of such errors is set", async () => {
    const { metrics, counted } = await openCollector();
    const app = fastify({
      frameworkErrors: (error, request, reply) => {
        metrics(request, reply);
        reply.raw.writeHead(400).end(error.message);
      },
    });
    app.addHook("onRequest", metrics);
    app.get("/product/:id", async () => "ok");
    await app.listen({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => app.close());
    for (const path of ["/product/%zz", "/product/%zz"]) await fetch(app.listeningOrigin + path);
    await expect
      .poll(async () => routesOf(await counted("http_requests_total")))
      .toEqual({ "unmatched 4xx": 2 });
  });
});
