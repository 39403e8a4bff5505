import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import { type Collector, createCollector } from "@rumkit/server";
import { build } from "esbuild";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCertificate } from "../support/certificate.ts";
import { scrape } from "../support/scrape.ts";
import { startChromium } from "../support/engines/chromium.ts";
import type { Engine } from "../support/engines/engine.ts";
import { startFirefox } from "../support/engines/firefox.ts";
import { freePort } from "../support/freePort.ts";
import { type Started, startProgram } from "../support/started.ts";

/**
 * Pages with the header `Referrer-Policy: no-referrer`, over TLS and HTTP/2, in real browsers: of a server of Node,
 * and behind an nginx that asks for a password and sends its own `Host` on, as it does by default.
 */

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { add_to_cart: { help: "Items." } },
});

const PAGE = `import { createMetrics } from "@rumkit/browser";
  globalThis.metrics = createMetrics({ url: "/collect" });`;

const tls = createCertificate();
const engines: Record<string, () => Promise<Engine>> = {
  Chromium: () => startChromium({ args: [`--ignore-certificate-errors-spki-list=${tls.fingerprint}`] }),
  Firefox: () => startFirefox({ acceptInsecureCerts: true }),
};
const leftOut = (process.env["LEFT_OUT_ENGINES"] ?? "").split(",");

let collector: Collector<typeof catalog>;
let script: string;
let folder: string;
let nginx: Started;
/** The address that a browser opens, and before it, the one that takes the password. */
const sites: Record<string, { signIn: string; shop: string }> = {};
/** The same server below a prefix, which nginx takes off. */
let below: string;
const servers: Server[] = [];
/** The HTTP versions of the requests to `/collect`. */
const protocols = new Set<string>();

function createShop(): Hono<{ Bindings: { incoming: { httpVersion: string } } }> {
  const app = new Hono<{ Bindings: { incoming: { httpVersion: string } } }>();
  app.use("/collect", async (c, next) => {
    protocols.add(c.req.header("x-protocol") ?? `HTTP/${c.env.incoming.httpVersion}`);
    await next();
  });
  app.route("/", collector.app);
  app.get("/sign-in", (c) => c.html("<!doctype html><title>Signed in</title>"));
  app.get("/page.js", (c) => c.body(script, 200, { "content-type": "text/javascript" }));
  app.get("*", (c) =>
    c.html(
      "<!doctype html><title>Shop</title><link rel=icon href=data:,><h1>Shop</h1><script src=/page.js></script>",
      200,
      { "referrer-policy": "no-referrer" },
    ),
  );
  return app;
}

/** Like `collector.nodeListener(app.fetch)`, but through the app, which looks at what comes. */
async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function startNginx(upstream: number): Promise<{ port: number; plain: number }> {
  const port = await freePort();
  const plain = await freePort();
  // Started as root, nginx answers as another user, who has to read the passwords.
  await chmod(folder, 0o755);
  const files = { "key.pem": tls.key, "cert.pem": tls.cert, passwords: "ada:{PLAIN}secret\n" };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  await writeFile(
    join(folder, "nginx.conf"),
    `daemon off; pid ${folder}/pid; error_log stderr notice; worker_processes 1;
     events { worker_connections 256; }
     http {
       access_log off;
       ${paths.map((path) => `${path}_temp_path ${folder}/${path};`).join("\n")}
       server {
         listen 127.0.0.1:${port} ssl http2; listen 127.0.0.1:${plain};
         ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem;
         auth_basic "shop"; auth_basic_user_file ${folder}/passwords;
         location /rum/ { auth_basic off; proxy_pass http://127.0.0.1:${upstream}/; }
         location / {
           proxy_pass http://127.0.0.1:${upstream};
           proxy_set_header X-Protocol $server_protocol;
         }
       }
     }`,
  );
  const program = process.env["NGINX_PATH"] ?? "/usr/sbin/nginx";
  nginx = await startProgram(program, ["-p", folder, "-c", join(folder, "nginx.conf")], {
    ready: /start worker process \d+/,
  });
  return { port, plain };
}

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir: join(import.meta.dirname, "../..") },
    bundle: true,
    write: false,
  });
  script = outputFiles[0]!.text;
  folder = await mkdtemp(join(tmpdir(), "rumkit-nginx-"));
  collector = createCollector({ catalog, runtimeMetrics: false, bots: "count" });
  const { getRequestListener } = await import("@hono/node-server");
  const listener = getRequestListener(createShop().fetch);
  const secure = await listen(createSecureServer({ ...tls, allowHTTP1: true }, listener));
  sites["a server of Node"] = {
    signIn: `https://127.0.0.1:${secure}/sign-in`,
    shop: `https://127.0.0.1:${secure}/`,
  };
  const { port, plain } = await startNginx(await listen(createServer(listener)));
  sites["an nginx that asks for a password"] = {
    // Not the shop itself: pages whose address has a password cannot fetch relative ones.
    signIn: `https://ada:secret@127.0.0.1:${port}/sign-in`,
    shop: `https://127.0.0.1:${port}/`,
  };
  below = `http://127.0.0.1:${plain}/rum`;
});
afterAll(async () => {
  await nginx?.stop();
  for (const server of servers) server.close();
  await collector?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function total(family: string): Promise<number> {
  const lines = [...(await scrape(collector.app))].filter(([series]) => series.startsWith(family));
  return lines.reduce((sum, [, value]) => sum + value, 0);
}

describe.each(Object.entries(engines).filter(([name]) => !leftOut.includes(name)))("%s", (_name, start) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine?.quit());

  test.each(["a server of Node", "an nginx that asks for a password"])(
    "loses nothing of a page of %s, while it is open and when it closes",
    async (site) => {
      const before = {
        actions: await total("rum_actions_total"),
        views: await total("rum_page_views_total"),
      };
      protocols.clear();
      const { signIn, shop } = sites[site]!;
      const tab = await engine.open(signIn);
      await tab.goto(shop);
      await tab.evaluate('metrics.trackAction("add_to_cart"), metrics.flush()');
      await expect.poll(() => total("rum_actions_total")).toBe(before.actions + 1);
      await tab.evaluate('metrics.trackAction("add_to_cart")');
      await tab.closeTab();
      await expect.poll(() => total("rum_actions_total")).toBe(before.actions + 2);
      expect(await total("rum_page_views_total")).toBe(before.views + 1);
      expect(await total("rum_batches_rejected_total")).toBe(0);
      expect([...protocols]).toEqual(["HTTP/2.0"]);
    },
  );
});

test("below a prefix that nginx takes off, every route and the live page work, with a slash or without", async () => {
  for (const path of ["/metrics", "/metrics/", "/healthz", "/collect/funnels/"])
    expect([path, (await fetch(below + path)).status]).toEqual([path, 200]);
  for (const path of ["/realtime", "/realtime/"]) {
    const page = await fetch(below + path);
    const [, asset = ""] = /<script[^>]* src="([^"]*)"/.exec(await page.text()) ?? [];
    expect((await fetch(new URL(asset, page.url))).headers.get("content-type")).toContain("javascript");
  }
  const stream = await fetch(`${below}/realtime/metrics`);
  const first = await stream.body!.getReader().read();
  expect(new TextDecoder().decode(first.value as Uint8Array)).toContain("retry:");
});
