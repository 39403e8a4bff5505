import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { serve } from "@hono/node-server";
import { defineCatalog } from "@rumkit/protocol";
import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { Hono as OlderHono } from "hono-4-6";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "./support/listen.ts";
import { changes, scrape } from "./support/scrape.ts";

/**
 * Apps whose Hono is another copy than the collector's: an older version, or the CommonJS build. Copies share no
 * class and no symbol. `@hono/hono` of JSR is one more copy of the same files.
 */

const require = createRequire(import.meta.url);

/** To TypeScript, copies are different classes; what is called here is the same in all of them. */
const copies: readonly (readonly [string, typeof Hono])[] = [
  ["the collector's own", Hono],
  ["its CommonJS build", (require("hono") as { Hono: typeof Hono }).Hono],
  ["an older version", OlderHono as unknown as typeof Hono],
  ["the CommonJS build of an older version", (require("hono-4-6") as { Hono: typeof Hono }).Hono],
  ["one without the property that versions before 4.8 had", withoutMatchedRoutes()],
];

/** A third copy of today's Hono, whose requests know their routes by the symbol alone. */
function withoutMatchedRoutes(): typeof Hono {
  const entry = require.resolve("hono");
  const cached = Object.keys(require.cache).filter((path) => path.startsWith(join(entry, "..")));
  for (const path of cached) delete require.cache[path];
  const copy = (require("hono") as { Hono: typeof Hono }).Hono;
  const { HonoRequest } = require(join(entry, "../request.js")) as { HonoRequest: { prototype: object } };
  Reflect.deleteProperty(HonoRequest.prototype, "matchedRoutes");
  return copy;
}

function openShop(HonoOfApp: typeof Hono) {
  const collector = createCollector({
    catalog: defineCatalog({ app: "shop", routes: ["/"] }),
    allowedOrigins: ["https://shop.example"],
    bots: "count",
    runtimeMetrics: false,
  });
  onTestFinished(() => collector.stop());
  const shop = new HonoOfApp();
  shop.use(collector.httpMetrics());
  shop.route("/", collector.app);
  shop.get("/product/:id", (c) => c.text("a book"));
  shop.get("/fail", () => {
    throw new Error("broken");
  });
  shop.use("/admin/*", async (c) => c.text("no", 401));
  shop.get("/admin/users/:id", (c) => c.text("never"));
  return { shop, collector };
}

const batch = JSON.stringify({
  v: 1,
  id: "a".repeat(32),
  seq: 0,
  session: "f".repeat(32),
  sentAt: 1,
  events: [{ type: "page_view", at: 1, route: "/" }],
});

const COUNTED = {
  'http_requests_total{method="GET",route="/product/:id",status="2xx"}': 1,
  'http_requests_total{method="GET",route="/fail",status="5xx"}': 1,
  'http_requests_total{method="GET",route="/admin/users/:id",status="4xx"}': 1,
  'http_requests_total{method="GET",route="unmatched",status="4xx"}': 1,
};

describe.each(copies)("an app with %s", (_name, HonoOfApp) => {
  test.each(["by Node", "by fetch alone"])(
    "counts its routes, and not the collector's, %s",
    async (served) => {
      const { shop, collector } = openShop(HonoOfApp);
      shop.onError((_error, c) => c.text("sorry", 500));
      const before = await scrape(collector.app);
      const origin =
        served === "by Node"
          ? await listen(serve({ fetch: shop.fetch, port: 0, hostname: "127.0.0.1" }))
          : "https://shop.example";
      const ask = async (path: string, init?: RequestInit): Promise<number> => {
        const url = origin + path;
        const response = await (served === "by Node" ? fetch(url, init) : shop.request(url, init));
        await response.text();
        return response.status;
      };
      expect(await ask("/product/7")).toBe(200);
      expect(await ask("/fail")).toBe(500);
      expect(await ask("/admin/users/7")).toBe(401);
      expect(await ask("/elsewhere")).toBe(404);
      const headers = { origin: "https://shop.example", "content-type": "application/json" };
      expect(await ask("/collect", { method: "POST", body: batch, headers })).toBe(202);
      for (const path of [
        "/metrics",
        "/healthz",
        "/readyz",
        "/api/rumkit/openapi.json",
        "/api/rumkit/errors",
      ])
        expect([path, await ask(path)]).toEqual([path, 200]);
      await expect
        .poll(async () => changes(before, await scrape(collector.app), /^http_requests_total/))
        .toEqual(COUNTED);
      expect(changes(before, await scrape(collector.app), /^rum_page_views/)).toEqual({
        'rum_page_views_total{route="/",navigation="hard",experience="unknown"}': 1,
      });
    },
  );
});

test("collector.fetch mounts, with its types, in an app of another version", async () => {
  const { collector } = openShop(Hono);
  const app = new OlderHono().mount("/rum", collector.fetch);
  app.all("/collect", (c) => collector.fetch(c.req.raw, c.env as object));
  const headers = { origin: "https://shop.example" };
  for (const path of ["/rum/collect", "/collect"]) {
    const { status } = await app.request(path, { method: "POST", body: batch, headers });
    expect([path, status]).toEqual([path, 202]);
  }
});

test("a CommonJS process that requires both gets the same", async () => {
  const script = `
    const { Hono } = require("hono");
    const { createCollector } = require("@rumkit/server");
    const { defineCatalog } = require("@rumkit/protocol");
    const collector = createCollector({ catalog: defineCatalog({ app: "shop", routes: ["/"] }) });
    const app = new Hono();
    app.use(collector.httpMetrics());
    app.route("/", collector.app);
    app.get("/product/:id", (c) => c.text("a book"));
    (async () => {
      const { status } = await app.request("/product/7");
      const text = await (await app.request("/metrics")).text();
      console.log(status, text.split("\\n").filter((line) => line.startsWith("http_requests_total")).join("\\n"));
      await collector.stop();
    })();
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--conditions=@rumkit/source", "--input-type=commonjs", "--eval", script],
    { cwd: join(import.meta.dirname, "..") },
  );
  expect(stdout.trim()).toBe('200 http_requests_total{method="GET",route="/product/:id",status="2xx"} 1');
});
