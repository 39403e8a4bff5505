import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerType, serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { build } from "vite";
import { createShop } from "../../examples/shop/backend.ts";
import { catalog } from "../../examples/shop/catalog.ts";

const SHOP = join(import.meta.dirname, "../../examples/shop");

export interface ServedShop {
  readonly origin: string;
  /** Batches that reached the collector. */
  readonly batches: () => number;
  stop(): Promise<void>;
}

/** Builds the example shop, with our packages or with nothing in their place, and serves it with its backend. */
export async function serveShop({ isMeasured }: { isMeasured: boolean }): Promise<ServedShop> {
  const outDir = mkdtempSync(join(tmpdir(), "rumkit-shop-"));
  const nothing = join(import.meta.dirname, "noMetrics.tsx");
  const alias = { "@rumkit/react": nothing, "@rumkit/browser": nothing };
  await build({
    root: SHOP,
    configFile: join(SHOP, "vite.config.ts"),
    logLevel: "error",
    resolve: isMeasured ? {} : { alias, dedupe: ["react", "react-dom"] },
    build: { outDir, emptyOutDir: true, sourcemap: false },
  });

  const collector = createCollector({ catalog, runtimeMetrics: false, bots: "count" });
  let batches = 0;
  const app = new Hono();
  app.use("/collect", async (_, next) => {
    batches += 1;
    await next();
  });
  // The payment provider takes the same time each time.
  app.route("/", createShop({ collector, pause: async () => undefined }));
  app.route("/", collector.app);
  app.use(serveStatic({ root: outDir }));
  app.use(serveStatic({ root: outDir, path: "index.html" }));

  const server: ServerType = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    batches: () => batches,
    stop: async () => {
      server.close();
      await collector.stop();
      rmSync(outDir, { recursive: true });
    },
  };
}
