/** Frameworks that do not show the route outside of their context: it is kept for `routeOf`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import KoaRouter from "@koa/router";
import { H3, toNodeHandler } from "h3";
import Koa from "koa";
import polka from "polka";
import { listenTo, type StartShop } from "./shopServer.ts";

export const koaShop: StartShop = (collector) => {
  const routes = new WeakMap<IncomingMessage, string>();
  const measure = collector.nodeHttpMetrics({ routeOf: (request) => routes.get(request) });
  const app = new Koa({ silent: true } as never);
  app.silent = true;
  app.use(async (ctx, next) => {
    measure(ctx.req, ctx.res);
    try {
      await next();
    } finally {
      const { _matchedRoute: route } = ctx as { _matchedRoute?: string | RegExp };
      if (route !== undefined) routes.set(ctx.req, String(route));
    }
  });
  const router = new KoaRouter();
  router.get("/admin/users/:id", (ctx) => ctx.throw(401));
  router.get("/products/:id", (ctx) => {
    ctx.body = "product";
  });
  router.options("/products/:id", (ctx) => {
    ctx.status = 204;
  });
  router.post("/orders", (ctx) => {
    ctx.body = "made";
    ctx.status = 201;
  });
  const fail = (): never => {
    throw new Error("broken");
  };
  router.get("/fail/:id", fail);
  const deep = new KoaRouter().get("/deep/:name", (ctx) => {
    ctx.body = "deep";
  });
  const api = new KoaRouter({ prefix: "/api" });
  api.get("/products/:id", (ctx) => {
    ctx.body = "product";
  });
  api.get("/fail/:id", fail);
  api.use("/v1", deep.routes());
  const team = new KoaRouter({ prefix: "/teams/:team" }).get("/members", (ctx) => {
    ctx.body = "members";
  });
  router.all("/rpc/*path", (ctx) => {
    ctx.body = "rpc";
  });
  for (const each of [router, api, team]) app.use(each.routes());
  return listenTo(app.callback());
};

export const polkaShop: StartShop = async (collector) => {
  const routes = new WeakMap<IncomingMessage, string>();
  const measure = collector.nodeHttpMetrics({ routeOf: (request) => routes.get(request) });
  type Handler = (request: IncomingMessage, response: ServerResponse) => void;
  const named =
    (pattern: string, handler: Handler): Handler =>
    (request, response) => {
      routes.set(request, pattern);
      handler(request, response);
    };
  const app = polka().use(measure);
  const answer =
    (text: string, status = 200): Handler =>
    (_request, response) =>
      void response.writeHead(status).end(text);
  app.get("/admin/users/:id", named("/admin/users/:id", answer("no", 401)));
  app.get("/products/:id", named("/products/:id", answer("product")));
  app.head("/products/:id", named("/products/:id", answer("")));
  app.options("/products/:id", named("/products/:id", answer("", 204)));
  app.post("/orders", named("/orders", answer("made", 201)));
  app.get("/fail/:id", named("/fail/:id", answer("sorry", 500)));
  app.get("/api/products/:id", named("/api/products/:id", answer("product")));
  app.get("/api/fail/:id", named("/api/fail/:id", answer("sorry", 500)));
  app.get("/api/v1/deep/:name", named("/api/v1/deep/:name", answer("deep")));
  app.get("/teams/:team/members", named("/teams/:team/members", answer("members")));
  app.add("GET", "/rpc/*", named("/rpc/*", answer("rpc")));
  app.add("POST", "/rpc/*", named("/rpc/*", answer("rpc")));
  return listenTo(app.handler.bind(app) as never);
};

export const h3Shop: StartShop = (collector) => {
  const routes = new WeakMap<IncomingMessage, string>();
  const measure = collector.nodeHttpMetrics({ routeOf: (request) => routes.get(request) });
  const app = new H3({
    silent: true,
    onResponse: (_response, { runtime, context }) => {
      const { route } = context.matchedRoute ?? {};
      if (route !== undefined) routes.set(runtime!.node!.req as IncomingMessage, route);
    },
  });
  app.get("/admin/users/:id", () => new Response("no", { status: 401 }));
  for (const method of ["GET", "HEAD", "OPTIONS"] as const) app.on(method, "/products/:id", () => "product");
  app.post("/orders", () => new Response("made", { status: 201 }));
  const fail = (): Response => new Response("sorry", { status: 500 });
  app.get("/fail/:id", fail);
  app.get("/api/products/:id", () => "product");
  app.get("/api/fail/:id", fail);
  app.get("/api/v1/deep/:name", () => "deep");
  app.get("/teams/:team/members", () => "members");
  app.all("/rpc/**", () => "rpc");
  const handle = toNodeHandler(app);
  return listenTo((request, response) => {
    measure(request, response);
    void handle(request, response);
  });
};
