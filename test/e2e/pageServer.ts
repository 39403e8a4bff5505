import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import type { Catalog } from "@rumkit/protocol";
import { type Collector, createCollector } from "@rumkit/server";
import { build } from "esbuild";

/** A page with a script of the built packages, and the real collector that it reports to. */
export interface PageServer {
  readonly origin: string;
  readonly collector: Collector<Catalog>;
  stop(): Promise<void>;
}

/** Serves a page that runs `code`, which may import the packages as npm ships them, at every path. */
export async function startPageServer(catalog: Catalog, code: string): Promise<PageServer> {
  const collector = createCollector({ catalog, runtimeMetrics: false });
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: join(import.meta.dirname, "../..") },
    bundle: true,
    write: false,
  });
  const script = outputFiles[0]!.text;
  const app = collector.app;
  app.get("/page.js", (c) => c.body(script, 200, { "content-type": "text/javascript" }));
  app.get("*", (c) =>
    c.html("<!doctype html><title>Page</title><h1>Page</h1><script src=/page.js></script>"),
  );
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    collector,
    stop: async () => {
      server.close();
      await collector.stop();
    },
  };
}
