import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import "reflect-metadata";
import { getRequestListener, serve } from "@hono/node-server";
import { Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { defineCatalog } from "@rumkit/protocol";
import { type Collector, createCollector } from "@rumkit/server";
import express from "express";
import fastify from "fastify";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import Koa from "koa";
import bodyParser from "koa-bodyparser";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "./support/listen.ts";
import { changes, scrape } from "./support/scrape.ts";

/** The collector in servers as people have them, mounted as docs/mounting.md shows, and behind their body parsers. */

/** The packages of types have one version. */
const express4 = createRequire(import.meta.url)("express-4") as typeof express;

const catalog = defineCatalog({ app: "shop", routes: ["/"] });
const SHOP = "https://shop.example";

function open(): Collector<typeof catalog> {
  const collector = createCollector({
    catalog,
    runtimeMetrics: false,
    allowedOrigins: [SHOP],
    bots: "count",
  });
  onTestFinished(() => collector.stop());
  return collector;
}

let batches = 0;
function batch(): string {
  batches += 1;
  const id = batches.toString(16).padStart(32, "0");
  return JSON.stringify({ v: 1, id, session: "f".repeat(32), sentAt: 1, events: [{ type: "page_view" }] });
}

type AnyCollector = Collector<typeof catalog>;

/** The place of the collector, and the server of the app. */
const apps: readonly (readonly [string, string, (collector: AnyCollector) => Server | Promise<Server>])[] = [
  [
    "node:http",
    "",
    (collector) => {
      const answer = collector.nodeListener();
      return createServer((request, response) => {
        answer(request, response, () => {
          response.statusCode = request.url === "/hello" ? 200 : 404;
          response.end("hello");
        });
      }).listen(0, "127.0.0.1");
    },
  ],
  [
    "Express 5",
    "",
    (collector) => {
      const app = express();
      app.use(collector.nodeListener());
      app.get("/hello", (_request, response) => void response.send("hello"));
      return app.listen(0, "127.0.0.1");
    },
  ],
  [
    "Express 4, below a prefix",
    "/rum",
    (collector) => {
      const app = express4();
      app.use("/rum", collector.nodeListener());
      app.get("/hello", (_request, response) => void response.send("hello"));
      return app.listen(0, "127.0.0.1");
    },
  ],
  [
    "Express 5, at each path, which Express cuts off",
    "",
    (collector) => {
      const app = express();
      app.use(["/collect", "/metrics", "/realtime", "/healthz"], collector.nodeListener());
      app.get("/hello", (_request, response) => void response.send("hello"));
      return app.listen(0, "127.0.0.1");
    },
  ],
  [
    "NestJS 12",
    "",
    async (collector) => {
      // oxlint-disable-next-line typescript/no-extraneous-class -- Nest knows its modules by their class.
      class AppModule {}
      Module({})(AppModule);
      const app = await NestFactory.create(AppModule, { logger: false });
      app.use(collector.nodeListener());
      app
        .getHttpAdapter()
        .get("/hello", (_request: unknown, response: { send(text: string): void }) => response.send("hello"));
      await app.listen(0, "127.0.0.1");
      return app.getHttpServer() as Server;
    },
  ],
  [
    "Fastify 5",
    "",
    async (collector) => {
      const answer = collector.nodeListener();
      const app = fastify();
      app.addHook("onRequest", (request, reply, done) => answer(request.raw, reply.raw, () => done()));
      app.get("/hello", async () => "hello");
      await app.listen({ port: 0, host: "127.0.0.1" });
      return app.server;
    },
  ],
  [
    "Koa 3",
    "",
    (collector) => {
      const answer = collector.nodeListener();
      const app = new Koa();
      app.use((context, next) => {
        let passed: Promise<unknown> | undefined;
        answer(context.req, context.res, () => (passed = next()));
        if (passed === undefined) context.respond = false;
        return passed;
      });
      app.use((context) => {
        if (context.path === "/hello") context.body = "hello";
      });
      return app.listen(0, "127.0.0.1");
    },
  ],
  [
    "Hono by collector.fetch, below a prefix",
    "/rum",
    (collector) => {
      const app = new Hono();
      app.mount("/rum", collector.fetch);
      app.get("/hello", (c) => c.text("hello"));
      return serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    },
  ],
  [
    "node:http, with the whole collector below a prefix",
    "/rum",
    (collector) => {
      const answer = collector.nodeListener(undefined, { basePath: "/rum" });
      return createServer((request, response) => {
        answer(request, response, () => {
          response.statusCode = request.url === "/hello" ? 200 : 404;
          response.end("hello");
        });
      }).listen(0, "127.0.0.1");
    },
  ],
];

describe.each(apps)("%s", (_name, prefix, start) => {
  test("answers the collector's routes, and leaves the app its own", async () => {
    const collector = open();
    const before = await scrape(collector.app);
    const origin = await listen(await start(collector));
    const headers = { origin: SHOP };
    for (const path of ["/collect", "/collect/", "/collect?key=a"]) {
      const answer = await fetch(origin + prefix + path, { method: "POST", headers, body: batch() });
      expect([path, answer.status, await answer.text()]).toEqual([path, 202, '{"accepted":1}']);
    }
    const counted = changes(before, await scrape(collector.app), /^rum_page_views/);
    expect(Object.values(counted)).toEqual([3]);

    const metrics = await fetch(`${origin}${prefix}/metrics`);
    expect([metrics.status, await metrics.text()]).toEqual([200, expect.stringContaining("rum_page_views")]);
    const page = await fetch(`${origin}${prefix}/realtime`);
    const [, script = ""] = /src="realtime\/([^"]*)"/.exec(await page.text()) ?? [];
    expect((await fetch(`${origin}${prefix}/realtime/${script}`)).status).toBe(200);
    const stream = await fetch(`${origin}${prefix}/realtime/metrics`);
    const first = await stream.body!.getReader().read();
    expect(new TextDecoder().decode(first.value as Uint8Array)).toContain("retry:");

    expect(await (await fetch(`${origin}/hello`)).text()).toBe("hello");
    for (const path of ["/elsewhere", "/collector", "/"])
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 404]);
  });
});

/** Middleware that reads bodies before the collector sees them, and whether what it leaves can be used. */
const readers: readonly (readonly [
  string,
  202 | 503,
  (collector: AnyCollector) => Server | Promise<Server>,
])[] = [
  ...(
    [
      ["express.text()", 202, express.text({ type: () => true })],
      ["express.raw()", 202, express.raw({ type: () => true })],
      ["express.json()", 202, express.json({ type: () => true })],
      ["express.json() of Express 4", 202, express4.json({ type: () => true })],
      ["express.urlencoded()", 503, express.urlencoded({ extended: true, type: () => true })],
      ["every parser with its own types", 202, [express.json(), express.urlencoded(), express.text()]],
    ] as const
  ).map(
    ([name, status, reader]) =>
      [
        name,
        status,
        (collector: AnyCollector) => {
          const app = express();
          app.use(...[reader].flat(), collector.nodeListener());
          return app.listen(0, "127.0.0.1");
        },
      ] as const,
  ),
  [
    "a function that keeps rawBody, as those of Firebase",
    202,
    (collector) => {
      const app = express();
      const verify = (request: object, _response: unknown, rawBody: Buffer): void =>
        void Object.assign(request, { rawBody });
      app.use(express.urlencoded({ type: () => true, verify }), collector.nodeListener());
      return app.listen(0, "127.0.0.1");
    },
  ],
  [
    "a reader that keeps nothing",
    503,
    (collector) =>
      createServer(async (request, response) => {
        for await (const chunk of request) void chunk;
        collector.nodeListener()(request, response);
      }).listen(0, "127.0.0.1"),
  ],
  [
    "the same, before the collector's Hono",
    503,
    (collector) => {
      const answer = getRequestListener(collector.app.fetch, { overrideGlobalObjects: false });
      return createServer(async (request, response) => {
        for await (const chunk of request) void chunk;
        await answer(request, response);
      }).listen(0, "127.0.0.1");
    },
  ],
  [
    "express.json() before the collector's Hono",
    202,
    (collector) => {
      const app = express();
      const answer = getRequestListener(collector.app.fetch, { overrideGlobalObjects: false });
      app.use(express.json({ type: () => true }), (request, response) => void answer(request, response));
      return app.listen(0, "127.0.0.1");
    },
  ],
  [
    "koa-bodyparser",
    503,
    (collector) => {
      const app = new Koa();
      app.use(bodyParser({ enableTypes: ["text", "json"], extendTypes: { json: ["text/plain"] } }));
      app.use((context) => {
        context.respond = false;
        collector.nodeListener()(context.req, context.res);
      });
      return app.listen(0, "127.0.0.1");
    },
  ],
  [
    "koa-bodyparser whose text is handed on",
    202,
    (collector) => {
      const app = new Koa();
      app.use(bodyParser({ enableTypes: ["text", "json"] }));
      app.use((context) => {
        context.respond = false;
        const { rawBody } = context.request as unknown as { rawBody: string };
        collector.nodeListener()(Object.assign(context.req, { rawBody }), context.res);
      });
      return app.listen(0, "127.0.0.1");
    },
  ],
  [
    "a route of Fastify, which has parsed",
    503,
    async (collector) => {
      const app = fastify();
      app.addContentTypeParser("*", { parseAs: "string" }, (_request, body, done) => done(null, body));
      app.post("/collect", (request, reply) => {
        reply.hijack();
        collector.nodeListener()(request.raw, reply.raw);
      });
      await app.listen({ port: 0, host: "127.0.0.1" });
      return app.server;
    },
  ],
  ...(
    [
      ["c.req.text()", 202, (c) => c.req.text()],
      ["c.req.json()", 202, (c) => c.req.json()],
      ["c.req.arrayBuffer()", 202, (c) => c.req.arrayBuffer()],
      ["c.req.blob()", 202, (c) => c.req.blob()],
      ["c.req.parseBody()", 202, (c) => c.req.parseBody()],
      ["c.req.raw.clone().text()", 202, (c) => c.req.raw.clone().text()],
      ["c.req.raw.text()", 503, (c) => c.req.raw.text()],
    ] as readonly [string, 202 | 503, (c: Context) => Promise<unknown>][]
  ).flatMap(([name, status, read]) =>
    ["Node", "fetch"].map(
      (served) =>
        [
          `${name} of Hono, served by ${served}`,
          status,
          (collector: AnyCollector) => {
            const app = new Hono();
            app.use(async (c, next) => {
              await read(c);
              await next();
            });
            app.route("/", collector.app);
            const fetchAlone = (request: Request) => app.fetch(request);
            return serve({
              fetch: served === "Node" ? app.fetch : fetchAlone,
              port: 0,
              hostname: "127.0.0.1",
            }) as Server;
          },
        ] as const,
    ),
  ),
  [
    "bodyLimit of Hono",
    202,
    (collector) => {
      const app = new Hono();
      app.use(bodyLimit({ maxSize: 100_000 }));
      app.route("/", collector.app);
      return serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }) as Server;
    },
  ],
];

test.each(readers)(
  "behind %s a batch is answered with %i, and never dropped",
  async (_name, status, start) => {
    const collector = open();
    const origin = await listen(await start(collector));
    for (const type of ["text/plain;charset=UTF-8", "application/json"]) {
      for (const body of [batch(), new Blob([batch()]).stream()]) {
        const answer = await fetch(`${origin}/collect`, {
          method: "POST",
          headers: { origin: SHOP, "content-type": type },
          body,
          duplex: "half",
        } as RequestInit);
        expect([answer.status, await answer.text()]).toEqual([
          status,
          status === 202 ? '{"accepted":1}' : expect.stringContaining('"body_taken"'),
        ]);
        if (status === 503) expect(answer.headers.get("retry-after")).toBe("2");
      }
    }
  },
);

test.each([
  ["express.text()", express.text({ type: () => true }), 202],
  ["express.json()", express.json({ type: () => true }), 202],
  ["express.raw()", express.raw({ type: () => true }), 202],
  ["express.raw() that does not inflate", express.raw({ type: () => true, inflate: true }), 202],
])("what %s inflated is not inflated again", async (_name, reader, status) => {
  const collector = open();
  const app = express();
  app.use(reader, collector.nodeListener());
  const origin = await listen(app.listen(0, "127.0.0.1"));
  const answer = await fetch(`${origin}/collect`, {
    method: "POST",
    headers: { origin: SHOP, "content-encoding": "gzip" },
    body: new Uint8Array(gzipSync(batch())),
  });
  expect([answer.status, await answer.text()]).toEqual([status, '{"accepted":1}']);
});

test("a compressed batch that was read as text is asked for again", async () => {
  const collector = open();
  const app = new Hono();
  app.use(async (c, next) => {
    await c.req.text();
    await next();
  });
  app.route("/", collector.app);
  const answer = await app.request("/collect", {
    method: "POST",
    headers: { origin: SHOP, "content-encoding": "gzip" },
    body: new Uint8Array(gzipSync(batch())),
  });
  expect(answer.status).toBe(503);
});

test("nodeListener leaves the globals of an app other than Hono alone", () => {
  const { Request: before } = globalThis;
  open().nodeListener();
  expect(globalThis.Request).toBe(before);
});
