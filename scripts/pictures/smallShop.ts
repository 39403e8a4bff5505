import { once } from "node:events";
import type { Server } from "node:http";
import { type AccessOptions, createCollector, serveCollector } from "@rumkit/server";
import { Hono } from "hono";
import { createShop } from "../../examples/shop/backend.ts";
import { catalog } from "../../examples/shop/catalog.ts";
import { createVisitors } from "../../examples/shop/visitors/createVisitors.ts";
import { freePort } from "../../test/support/freePort.ts";

/** A shop of this process: its collector can be stopped while its server still answers. */
export interface SmallShop {
  readonly origin: string;
  /** Starts visitors, and resolves when the first of them were counted. */
  readonly open: () => Promise<void>;
  readonly stopCollector: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts a collector with the shop's catalog that has not counted anything yet. */
export async function startSmallShop(access?: AccessOptions): Promise<SmallShop> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  // With access, no page is the collector's own.
  const collector = createCollector({
    catalog,
    bots: "count",
    ...(access && { access, allowedOrigins: [origin] }),
  });
  const app = new Hono();
  app.route("/", createShop({ collector }));
  app.route("/", collector.app);
  const server: Server = serveCollector({ collector, fetch: app.fetch, port });
  await once(server, "listening");
  let visitors: ReturnType<typeof createVisitors> | undefined;
  return {
    origin,
    open: async () => {
      visitors = createVisitors({ origin });
      for (;;) {
        const text = await (await fetch(`${origin}/metrics`)).text();
        if (/^orders_created_total\S* [1-9]/m.test(text)) return;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    stopCollector: () => collector.stop(),
    close: async () => {
      await visitors?.stop();
      server.close();
      server.closeAllConnections();
      await collector.stop();
    },
  };
}
