/**
 * One walk through an app with client-side routes, in a real Chromium: every view counts once and under its
 * pattern, by the Navigation API and, where a browser has none, by the history methods. And pages without a bundler, on
 * another origin than the collector: `/rum.js` counts the same, however its tag comes.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { defineCatalog } from "@rumkit/protocol";
import { earlySnippet } from "@rumkit/browser";
import { createCollector, serveCollector } from "@rumkit/server";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../support/listen.ts";
import { changesOfVisits, type Scrape, scrape } from "../support/scrape.ts";
import { launchChromium } from "../support/chromium.ts";
import { startChromium } from "../support/engines/chromium.ts";
import { startFirefox } from "../support/engines/firefox.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { walkRoutes, WALKED } from "../support/routeWalk.ts";
import { leave, watch } from "../support/visits.ts";

const catalog = defineCatalog({ app: "walk", routes: ["/", "/users/:id", "/files/*"] });

let browser: Browser;
let server: PageServer;
let before: Scrape;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
beforeEach(async () => {
  server = await startPageServer(
    catalog,
    'import { createMetrics } from "@rumkit/browser"; createMetrics();',
  );
  before = await scrape(server.collector.app);
});
afterEach(() => server.stop());

/** The built command. */
async function rumkit(...args: string[]): Promise<string> {
  const cli = join(import.meta.dirname, "../../packages/cli/dist/bin/rumkit.js");
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args]);
  return stdout;
}

async function counted(): Promise<object> {
  return changesOfVisits(
    before,
    await scrape(server.collector.app),
    /^rum_(page_views|sessions|events_rejected)_total/,
  );
}

test.each(["with the Navigation API", "without it"])("six views, three names, %s", async (which) => {
  const context = await watch(await browser.newContext());
  // The API is an accessor of the window itself.
  if (which === "without it")
    await context.addInitScript(() => void Reflect.deleteProperty(window, "navigation"));
  const page = await context.newPage();
  await page.goto(`${server.origin}/`);
  expect(await page.evaluate(() => "navigation" in window)).toBe(which !== "without it");
  await page.evaluate(walkRoutes);
  await leave(page);
  expect(await counted()).toEqual(WALKED);
  await context.close();
});

test("a page that its user comes back to is viewed again, in the same session", async () => {
  const context = await watch(await browser.newContext());
  const page = await context.newPage();
  await page.goto(`${server.origin}/`);
  await page.goto(`${server.origin}/users/1`);
  await page.goBack();
  await leave(page);
  expect(await counted()).toEqual({
    rum_sessions_total: 1,
    'rum_page_views_total{route="/"}': 2,
    'rum_page_views_total{route="/users/:id"}': 1,
  });
  await context.close();
});

describe("a page without a bundler", () => {
  const docs = readFileSync(join(import.meta.dirname, "../../docs/script.md"), "utf8");
  const stub = /<script>(window\.rumkit .*?)<\/script>/.exec(docs)![1]!;
  const earlyCall = "rumkit.trackAction('before')";
  const sha = (code: string): string => `'sha256-${createHash("sha256").update(code).digest("base64")}'`;

  /** Tags by the path of their page; every page has the stub and a call that comes before the file. */
  function pagesOf(collector: string, pinned: string): Record<string, string> {
    const src = `src="${collector}/rum.js"`;
    const insert = (lines: string): string =>
      `<script>const tag = document.createElement("script"); ${lines}</script>`;
    return {
      "/defer": `<script ${src} data-app="walk" data-release="7" defer></script>`,
      "/async": `<script ${src} data-app="walk" async></script>`,
      "/pinned": pinned,
      "/twice": `<script ${src} data-app="walk" defer></script><script ${src} data-app="walk" async></script>`,
      "/inserted": insert(
        `tag.src = "${collector}/rum.js"; tag.dataset.app = "walk"; document.head.append(tag);`,
      ),
      // The browser names no tag then, nor where the file came from.
      "/as-text": `<script data-rumkit data-url="${collector}/collect"></script><script type="module">
        const code = await (await fetch("${collector}/rum.js")).text(); (0, eval)(code);</script>`,
    };
  }

  test.each([
    ["Chromium", startChromium, /./],
    ["Firefox", startFirefox, /defer|pinned|as-text/],
  ])("on another origin than the collector counts everything once, in %s", async (_name, start, which) => {
    let pages: Record<string, string> = {};
    const site = createServer(({ url = "/" }, response) => {
      const tag = pages[url];
      const policy = `default-src 'none'; script-src ${collectorOrigin} ${sha(stub)} ${sha(earlySnippet)} ${sha(earlyCall)}; connect-src ${collectorOrigin}`;
      response.writeHead(tag === undefined ? 404 : 200, {
        "content-type": "text/html",
        ...(url === "/pinned" && {
          "content-security-policy": policy,
          "cross-origin-embedder-policy": "require-corp",
        }),
      });
      response.end(
        `<!doctype html><meta charset=utf-8><link rel=icon href=data:,><script>${earlySnippet}</script>` +
          `<script>${stub}</script><h1>Page</h1><button data-rum=buy>Buy</button><script>${earlyCall}</script>${tag}`,
      );
    });
    const pageOrigin = await listen(site.listen(0, "127.0.0.1"));
    const collector = createCollector({
      catalog: defineCatalog({
        app: "walk",
        routes: ["/defer", "/async", "/pinned", "/twice", "/inserted", "/as-text"],
        actions: { before: { help: "Before the file." }, after: { help: "After it." } },
      }),
      allowedOrigins: [pageOrigin],
      bots: "count",
      runtimeMetrics: false,
    });
    const collectorOrigin = await listen(serveCollector({ collector }));
    const engine = await start();
    onTestFinished(async () => {
      await engine.quit();
      await collector.stop();
    });
    const printed = await rumkit("script", "--url", collectorOrigin, "--app", "walk");
    pages = Object.fromEntries(
      Object.entries(pagesOf(collectorOrigin, printed)).filter(([path]) => which.test(path)),
    );
    const none = await scrape(collector.app);
    for (const path of Object.keys(pages)) {
      const page = await engine.open(`${pageOrigin}${path}`);
      await page.evaluate(`new Promise((resolve) => {
        // Until the file has come and the page is painted; its client has heard of that before this observer.
        const wait = () => ("q" in window.rumkit ? setTimeout(wait, 10) : new PerformanceObserver((list) => {
          if (list.getEntriesByName("first-contentful-paint")[0]) setTimeout(resolve);
        }).observe({ type: "paint", buffered: true }));
        wait();
      })`);
      await page.click("button");
      await page.evaluate("rumkit.trackAction('after'); rumkit.flush()");
      await page.closeTab();
    }
    const walks = Object.keys(pages).length;
    const families =
      /^rum_(page_views|actions|clicks|events_rejected|events_dropped|js_errors|batches_rejected)_total|^rum_(fcp|ttfb)_seconds_count/;
    const expected = (counts: Record<string, number>): Promise<void> =>
      expect
        .poll(async () => changesOfVisits(none, await scrape(collector.app), families))
        .toMatchObject(counts);
    await expected({
      'rum_actions_total{action="before"}': walks,
      'rum_actions_total{action="after"}': walks,
      'rum_clicks_total{element="buy"}': walks,
      ...Object.fromEntries(Object.keys(pages).map((path) => [`rum_page_views_total{route="${path}"}`, 1])),
      ...Object.fromEntries(Object.keys(pages).map((path) => [`rum_fcp_seconds_count{route="${path}"}`, 1])),
    });
    const seen = changesOfVisits(none, await scrape(collector.app), /rejected|dropped|js_errors|lost/);
    expect(seen).toEqual({});
  });
});
