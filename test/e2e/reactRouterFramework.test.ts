/**
 * The walk through an app in React Router's framework mode, built by its own command and rendered on the server: views by
 * route pattern, and each error once that its error boundary shows.
 */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { getRequestListener } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import type { Browser } from "playwright-core";
import { createRequestHandler, type ServerBuild } from "react-router";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { launchShell } from "../support/chromium.ts";
import { WALK_CATALOG } from "../support/walkCatalog.ts";
import { SIX_VIEWS_THREE_NAMES, walkThrough } from "../support/walkThrough.ts";

const APP = join(import.meta.dirname, "../reactRouter");

let browser: Browser;
let origin: string;
const collector = createCollector({
  catalog: WALK_CATALOG,
  runtimeMetrics: false,
  // A Chromium without a window says so, and is taken for a crawler.
  bots: "count",
});
const server = createServer();

beforeAll(async () => {
  browser = await launchShell();
  await promisify(execFile)(join(APP, "node_modules/.bin/react-router"), ["build"], {
    cwd: APP,
    env: { ...process.env, NODE_ENV: "production" },
  });
  const build = (await import(join(APP, "build/server/index.js"))) as ServerBuild;
  const render = createRequestHandler(build, "production");
  const app = new Hono().route("/", collector.app);
  app.use("/assets/*", serveStatic({ root: join(APP, "build/client") }));
  app.all("*", (c) => render(c.req.raw));
  server.on("request", getRequestListener(app.fetch)).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await browser.close();
  server.close();
  await collector.stop();
});

test("six views, three names", async () => {
  expect(await walkThrough(browser, origin)).toEqual(SIX_VIEWS_THREE_NAMES);
});

test("errors of loaders and components count once, and a thrown response does not", async () => {
  const before = await scrape(collector.app);
  const page = await browser.newPage();
  await page.goto(`${origin}/`);
  await page.waitForFunction(() => window.walk);
  for (const what of ["loader", "response", "component"]) {
    await page.evaluate((id) => void window.walk!.go(`/broken/${id}`), what);
    await page.waitForFunction(
      (id) => location.pathname.endsWith(id) && document.querySelector("output")?.textContent === "sorry",
      what,
    );
    await page.evaluate(() => void window.walk!.go("/users/1"));
    await page.waitForFunction(() => document.querySelector("output")?.textContent === "/users/1");
  }
  await page.goto("about:blank");
  await expect
    .poll(async () => changesOfVisits(before, await scrape(collector.app), /^rum_js_errors_total/))
    .toEqual({ 'rum_js_errors_total{route="/broken/:id",source="react"}': 2 });
});
