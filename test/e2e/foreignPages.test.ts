/**
 * Pages whose platform is not as it left the factory: older browsers (what they lack is taken away), prototypes that
 * libraries extended, several libraries that wrap the same methods. One Chromium, one server for all.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import { transform } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changesOfVisits, type Scrape, scrape } from "../support/scrape.ts";
import { launchShell } from "../support/chromium.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { settled, watch } from "../support/visits.ts";

/** The oldest browsers that docs/page.md names. */
const OLDEST = ["chrome92", "edge92", "firefox90", "safari15.4"];

const catalog = defineCatalog({
  app: "foreign",
  routes: ["/", "/users/:id"],
  actions: { step: { help: "Steps." } },
  endpoints: ["/api/items/:id"],
});

const body = `<h1>Title</h1><button data-rum=slow onclick="
  const until = performance.now() + 120; while (performance.now() < until); this.title += '.'">Slow</button>`;

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  browser = await launchShell();
  server = await startPageServer(
    catalog,
    `import { apiCalls, createMetrics } from "@rumkit/browser";
     globalThis.beforeMetrics?.();
     globalThis.metrics = createMetrics({ sources: [apiCalls()] });`,
    {},
    { body, routes: (app) => app.get("/api/items/:id", (c) => c.json({})) },
  );
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** Opens the page with a script before all others. */
async function open(before: () => void): Promise<Page> {
  // Before anything is taken away, so that it is there to be taken away.
  const context = await watch(await browser.newContext());
  await context.addInitScript(before);
  const page = await context.newPage();
  await page.goto(`${server.origin}/`);
  return page;
}

/** One walk: a slow click, a request, an action, a soft navigation, and leaving. */
async function walk(page: Page): Promise<void> {
  await page.getByText("Slow").click();
  // The browser reports a slow interaction and a long task in its own time.
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        new PerformanceObserver(() => resolve()).observe({ type: "event", buffered: true });
      }),
  );
  await page.evaluate("fetch('/api/items/1').then((response) => response.json())");
  await page.evaluate("metrics.trackAction('step'); history.pushState(null, '', '/users/1')");
  await page.evaluate("metrics.flush()");
  // A context that is closed takes back what is on its way.
  await settled(page);
  await page.context().close();
}

const families =
  /^rum_(page_views_total|actions_total|clicks_total|(lcp|inp|cls|fcp|ttfb)_(seconds|score)_count|api_request_duration_seconds_count|events_(rejected|dropped)_total|js_errors_total)/;

/** The counts of a walk on any page. */
const WALKED = {
  'rum_page_views_total{route="/"}': 1,
  'rum_page_views_total{route="/users/:id"}': 1,
  'rum_actions_total{action="step"}': 1,
  'rum_clicks_total{element="slow"}': 1,
  'rum_lcp_seconds_count{route="/"}': 1,
  'rum_inp_seconds_count{route="/"}': 1,
  'rum_fcp_seconds_count{route="/"}': 1,
  'rum_ttfb_seconds_count{route="/"}': 1,
  'rum_api_request_duration_seconds_count{api_endpoint="/api/items/:id",method="GET",status="2xx"}': 1,
};

/** Polls until the collector counted all of the walk, and returns it. */
async function counted(before: Scrape): Promise<Record<string, number>> {
  let changes: Record<string, number> = {};
  await expect
    .poll(async () => {
      changes = changesOfVisits(before, await scrape(server.collector.app), families);
      return changes;
    })
    .toMatchObject(WALKED);
  return changes;
}

const pages: [what: string, before: () => void][] = [
  [
    "without what browsers learned after the oldest that the docs name",
    () => {
      for (const name of [
        "toSorted",
        "toReversed",
        "toSpliced",
        "with",
        "findLast",
        "findLastIndex",
        "group",
      ])
        Reflect.deleteProperty(Array.prototype, name);
      for (const name of ["hasOwn", "groupBy"]) Reflect.deleteProperty(Object, name);
      for (const name of ["withResolvers", "try"]) Reflect.deleteProperty(Promise, name);
      for (const name of ["timeout", "any"]) Reflect.deleteProperty(AbortSignal, name);
      for (const name of ["canParse", "parse"]) Reflect.deleteProperty(URL, name);
      Reflect.deleteProperty(Crypto.prototype, "randomUUID");
      Reflect.deleteProperty(Navigator.prototype, "userAgentData");
      Reflect.deleteProperty(Performance.prototype, "interactionCount");
      for (const name of [
        "structuredClone",
        "reportError",
        "navigation",
        "fetchLater",
        "scheduler",
        "requestIdleCallback",
        "cancelIdleCallback",
        "PerformanceSoftNavigation",
        "PerformanceLongAnimationFrameTiming",
        "Iterator",
      ])
        Reflect.deleteProperty(globalThis, name);
      const newer = /^(soft-navigation|interaction-contentful-paint|long-animation-frame)$/;
      const types = PerformanceObserver.supportedEntryTypes.filter((type) => !newer.test(type));
      Object.defineProperty(PerformanceObserver, "supportedEntryTypes", { value: types });
    },
  ],
  [
    "with enumerable additions to prototypes",
    () => {
      Object.assign(Array.prototype, { each() {}, last: () => 1, first: 2 });
      Object.assign(Object.prototype, { extend() {}, inherited: "text" });
      Object.assign(String.prototype, { strip() {} });
      Object.assign(Function.prototype, { bindAsEventListener() {} });
    },
  ],
  [
    "where a library has wrapped fetch, history and XMLHttpRequest before",
    () => {
      Object.assign(globalThis, {
        beforeMetrics: () => {
          const { fetch: request } = window;
          window.fetch = Object.assign((...args: Parameters<typeof fetch>) => request(...args), {
            original: request,
          });
          for (const name of ["pushState", "replaceState"] as const) {
            const { [name]: change } = history;
            history[name] = (...args) => change.apply(history, args);
          }
        },
      });
    },
  ],
  [
    "where methods of the platform cannot be replaced",
    () => {
      Object.freeze(History.prototype);
      Object.freeze(XMLHttpRequest.prototype);
      Object.defineProperty(window, "dispatchEvent", { writable: false });
    },
  ],
  [
    "that has variables with names of the platform",
    () => {
      Object.assign(globalThis, { navigation: { items: [] }, Element: () => {} });
    },
  ],
];

test.each(pages)("a page %s is counted as any other", async (_what, before) => {
  const scraped = await scrape(server.collector.app);
  const page = await open(before);
  await walk(page);
  const changes = await counted(scraped);
  expect(Object.keys(changes).filter((series) => /rejected|dropped|js_errors/.test(series))).toEqual([]);
});

test("what others wrap after us goes on when we stop, and we do not", async () => {
  const page = await open(() => {});
  const seen = await page.evaluate(async () => {
    const calls: string[] = [];
    const { fetch: ours } = window;
    const theirs = Object.assign(
      (...args: Parameters<typeof fetch>) => {
        // The client's own batches may pass here too.
        if (args[0] !== "/collect") calls.push(args[0] as string);
        return ours(...args);
      },
      { original: ours },
    );
    window.fetch = theirs;
    (globalThis as unknown as { metrics: { stop(): void } }).metrics.stop();
    await fetch("/api/items/9");
    return [calls, window.fetch === theirs];
  });
  expect(seen).toEqual([["/api/items/9"], true]);
  await page.context().close();
});

describe("the syntax of what npm gets", () => {
  test.each(["browser", "protocol", "react"])(
    "of @rumkit/%s is that of the oldest browsers",
    async (name) => {
      const folder = join(import.meta.dirname, "../../packages", name, "dist");
      const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".js"));
      expect(files.length).toBeGreaterThan(5);
      const lowered: string[] = [];
      for (const file of files) {
        const code = await readFile(join(folder, file), "utf8");
        const [old, next] = await Promise.all(
          [OLDEST, "esnext"].map((target) => transform(code, { format: "esm", target })),
        );
        if (old!.code !== next!.code) lowered.push(file);
      }
      expect(lowered).toEqual([]);
    },
  );
});
