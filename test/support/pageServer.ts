import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import type { Batch, Catalog } from "@rumkit/protocol";
import { type Collector, type CollectorOptions, createCollector } from "@rumkit/server";
import { build } from "esbuild";
import { Hono } from "hono";
import { LEFT_PATH, noteAnswer, noteDeparture } from "./visits.ts";

/** A page with a script of the built packages, and the real collector that it reports to. */
export interface PageServer {
  readonly origin: string;
  readonly collector: Collector<Catalog>;
  /** The requests that reached the server so far, in order: `POST /collect`. */
  readonly requests: readonly string[];
  /** The bodies that reached the collector so far, as they came. */
  readonly bodies: readonly string[];
  /** The batches in those bodies. A page may send one again, for example when it leaves before the answer. */
  readonly arrivals: readonly Batch[];
  /** Each batch once, as the collector counts it. */
  readonly batches: readonly Batch[];
  stop(): Promise<void>;
}

/** The page without its script. */
export interface PageParts {
  /** HTML before the script. Default a heading. */
  readonly body?: string;
  /** Default any free one. */
  readonly port?: number;
  /** Headers of the page. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A gate before everything: a login, a proxy. */
  readonly before?: (app: Hono) => void;
  /** Routes of the page's own server, before those of the page. */
  readonly routes?: (app: Hono) => void;
}

/**
 * Serves a page that runs `code`, which may import the packages as npm ships them, at every path. What is bundled already
 * is served as it is.
 */
export async function startPageServer(
  catalog: Catalog | undefined,
  code: string | { readonly bundled: string },
  options: Partial<CollectorOptions<Catalog>> = {},
  { body = "<h1>Page</h1>", headers = {}, port = 0, before, routes }: PageParts = {},
): Promise<PageServer> {
  const collector = createCollector({
    // A browser that a test drives says that it is one.
    bots: "count",
    ...options,
    ...(catalog && { catalog }),
    runtimeMetrics: false,
  });
  const script = typeof code === "string" ? await bundleScript(code) : code.bundled;
  const bodies: string[] = [];
  const app = new Hono();
  app.post(LEFT_PATH, async (c) => {
    noteDeparture(await c.req.text());
    return c.body(null, 204);
  });
  before?.(app);
  app.use("/collect", async (c, next) => {
    if (c.req.method !== "POST") return next();
    const text = await c.req.raw.clone().text();
    bodies.push(text);
    await next();
    noteAnswer(text, c.res);
  });
  app.route("/", collector.app);
  app.get("/page.js", (c) => c.body(script, 200, { "content-type": "text/javascript" }));
  routes?.(app);
  const page = `<!doctype html><meta charset=utf-8><title>Page</title><link rel=icon href=data:,>${body}<script src=/page.js></script>`;
  app.get("*", (c) => c.html(page, 200, headers));
  const server = serve({ fetch: app.fetch, port, hostname: "127.0.0.1" });
  const requests: string[] = [];
  server.on("request", ({ method, url }: IncomingMessage) => {
    if (url !== LEFT_PATH) requests.push(`${method} ${url}`);
  });
  await once(server, "listening");
  const arrivals = (): Batch[] => bodies.map((text) => JSON.parse(text) as Batch);
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    collector,
    requests,
    bodies,
    get arrivals() {
      return arrivals();
    },
    get batches() {
      const ids = new Set<string>();
      return arrivals().filter(({ id }) => !ids.has(id) && ids.add(id));
    },
    stop: async () => {
      server.close();
      await collector.stop();
    },
  };
}

async function bundleScript(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: join(import.meta.dirname, "../..") },
    bundle: true,
    write: false,
  });
  return outputFiles[0]!.text;
}
