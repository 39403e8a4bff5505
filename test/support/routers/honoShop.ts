import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { trpcServer } from "@hono/trpc-server";
import { initTRPC } from "@trpc/server";
import type { Hono } from "hono";
import { cors } from "hono/cors";
import { listen } from "../listen.ts";
import { filesFolder, type StartShop } from "./shopServer.ts";

export function honoShop(HonoApp: typeof Hono): StartShop {
  return (collector) => {
    const root = filesFolder();
    const app = new HonoApp();
    app.use(collector.httpMetrics());
    app.use("/products/*", cors());
    app.use("/admin/*", async (c) => c.text("no", 401));
    app.get("/admin/users/:id", (c) => c.text("user"));
    app.get("/products/:id", (c) => c.text("product"));
    app.post("/orders", (c) => c.text("made", 201));
    app.get("/fail/:id", () => {
      throw new Error("broken");
    });
    const api = new HonoApp().basePath("/api");
    api.get("/products/:id", (c) => c.text("product"));
    api.get("/fail/:id", () => {
      throw new Error("broken");
    });
    const deep = new HonoApp().get("/deep/:name", (c) => c.text("deep"));
    api.route("/v1", deep);
    app.route("/", api);
    app.route(
      "/teams/:team",
      new HonoApp().get("/members", (c) => c.text("members")),
    );
    app.all("/rpc/*", (c) => c.text("rpc"));
    const t = initTRPC.create();
    const router = t.router({ hello: t.procedure.query(() => "hello") });
    app.use("/trpc/*", trpcServer({ router }) as never);
    app.mount("/mounted", () => new Response("mounted"));
    app.use(
      "/assets/*",
      serveStatic({ root, rewriteRequestPath: (path) => path.slice("/assets".length) }) as never,
    );
    app.onError((_error, c) => c.text("sorry", 500));
    // Its own Response in the place of the global one would make every answer of h3 a 200.
    return listen(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1", overrideGlobalObjects: false }));
  };
}
