/**
 * What a page tracked arrives, exactly once, however the page ends: the built package in three engines, by
 * real navigations and closed tabs, in front of the real collector.
 */
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { defineCatalog } from "@rumkit/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { changesOfVisits, scrape } from "../scrape.ts";
import { startChromium } from "./engines/chromium.ts";
import type { Engine } from "./engines/engine.ts";
import { startFirefox } from "./engines/firefox.ts";
import { untilElsewhere } from "./engines/untilElsewhere.ts";
import { startWebkit } from "./engines/webkit.ts";
import { type PageServer, startPageServer } from "./pageServer.ts";
import { walkRoutes, WALKED } from "./routeWalk.ts";

const RUNS = 8;
const STEPS = 5;

/** Time in which a batch that was sent twice would have come twice. */
const QUIET_MS = 300;

const SLOW_EXIT_MS = 30;

const catalog = defineCatalog({
  app: "delivery",
  routes: ["/", "/other", "/users/:id", "/files/*"],
  actions: { step: { help: "Steps." } },
});

/** Without the sources that would send on their own. */
const ACTIONS_ONLY = `
  import { createMetricsWith } from "@rumkit/browser";
  const url = new URLSearchParams(location.search).get("collector");
  globalThis.metrics = createMetricsWith([], url ? { url } : {});`;

/** The first look at the clock in the exit takes a while, as on a slow phone. */
const SLOW_EXIT = `
  ${ACTIONS_ONLY}
  const { now } = Date;
  let waitsUntil = 0;
  addEventListener("pagehide", () => { waitsUntil = performance.now() + ${SLOW_EXIT_MS}; }, true);
  Date.now = () => {
    while (performance.now() < waitsUntil);
    waitsUntil = 0;
    return now();
  };`;

const EVERYTHING = `
  import { createMetrics } from "@rumkit/browser";
  addEventListener("pageshow", (event) => { globalThis.isFromCache = event.persisted; });
  globalThis.metrics = createMetrics();`;

const TRACK_STEPS = `Array.from({ length: ${STEPS} }, () => metrics.trackAction("step"))`;

let server: PageServer;
afterEach(() => server.stop());

/** What the collector counted, once it is what is expected or five seconds are over. */
async function counted(expected: object): Promise<object> {
  const families = /^rum_(actions|page_views|sessions|events_rejected|events_dropped)_total/;
  const read = async (): Promise<object> =>
    changesOfVisits(new Map(), await scrape(server.collector.app), families);
  for (let tries = 0; tries < 100 && !isDeepStrictEqual(await read(), expected); tries += 1) await wait(50);
  await wait(QUIET_MS);
  return read();
}

const leftOut = process.env["LEFT_OUT_ENGINES"] ?? "";

describe.for(
  [
    { engine: "Chromium", start: startChromium },
    { engine: "Firefox", start: startFirefox },
    { engine: "WebKit", start: startWebkit },
  ].filter(({ engine }) => !leftOut.includes(engine)),
)("$engine", ({ start }) => {
  let browser: Engine;
  beforeAll(async () => {
    browser = await start();
  });
  afterAll(() => browser.quit());

  describe("actions", () => {
    beforeEach(async () => {
      server = await startPageServer(catalog, ACTIONS_ONLY);
    });

    test(`right before a navigation: ${RUNS * STEPS} of ${RUNS * STEPS}`, async () => {
      const first = `${server.origin}/`;
      const page = await browser.open(first);
      for (let run = 0; run < RUNS; run += 1) {
        if (run > 0) await page.goto(first);
        // In a task of its own, so that the driver has its answer before the document is gone.
        await page.evaluate(`void setTimeout(() => { ${TRACK_STEPS}; location = "/other"; })`);
        await untilElsewhere(page, first);
      }
      const expected = { 'rum_actions_total{action="step"}': RUNS * STEPS, rum_sessions_total: 1 };
      expect(await counted(expected)).toEqual(expected);
      await page.closeTab();
    });

    test(`right before the tab is closed: ${RUNS * STEPS} of ${RUNS * STEPS}`, async () => {
      for (let run = 0; run < RUNS; run += 1) {
        const page = await browser.open(`${server.origin}/`);
        await page.evaluate(TRACK_STEPS);
        await page.closeTab();
      }
      const expected = { 'rum_actions_total{action="step"}': RUNS * STEPS, rum_sessions_total: RUNS };
      expect(await counted(expected)).toEqual(expected);
    });

    test("on their way to another origin: all, and no preflight", async () => {
      const pages = server;
      server = await startPageServer(catalog, ACTIONS_ONLY, { allowedOrigins: [pages.origin] });
      const url = encodeURIComponent(`${server.origin}/collect`);
      const page = await browser.open(`${pages.origin}/?collector=${url}`);
      await page.evaluate(TRACK_STEPS);
      await page.evaluate("metrics.flush()");
      const sent = { 'rum_actions_total{action="step"}': STEPS, rum_sessions_total: 1 };
      expect(await counted(sent)).toEqual(sent);
      await page.evaluate(TRACK_STEPS);
      await page.closeTab();
      const all = { 'rum_actions_total{action="step"}': 2 * STEPS, rum_sessions_total: 1 };
      expect(await counted(all)).toEqual(all);
      expect(server.requests).toEqual(["POST /collect", "POST /collect"]);
      await pages.stop();
    });
  });

  // Firefox ends the scripts of a process whose last tab closes, wherever they are, and calls the listeners of
  // `visibilitychange` after that (its preference `dom.abort_script_on_child_shutdown`).
  test(`actions of a page that may be stopped amid its exit: ${RUNS * STEPS} of ${RUNS * STEPS}`, async () => {
    server = await startPageServer(catalog, SLOW_EXIT);
    for (let run = 0; run < RUNS; run += 1) {
      const page = await browser.open(`${server.origin}/`);
      await page.evaluate(TRACK_STEPS);
      await page.closeTab();
    }
    const expected = { 'rum_actions_total{action="step"}': RUNS * STEPS, rum_sessions_total: RUNS };
    expect(await counted(expected)).toEqual(expected);
  });

  describe("page views", () => {
    beforeEach(async () => {
      server = await startPageServer(catalog, EVERYTHING);
    });

    test("of client-side routes: six views, three names", async () => {
      const page = await browser.open(`${server.origin}/`);
      await page.evaluate(walkRoutes);
      await page.closeTab();
      expect(await counted(WALKED)).toEqual(WALKED);
    });

    test("of a page that its user comes back to: one more, and its actions not again", async () => {
      const page = await browser.open(`${server.origin}/`);
      await page.evaluate(TRACK_STEPS);
      await page.goto(`${server.origin}/other`);
      await page.evaluate(TRACK_STEPS);
      await page.goBack();
      // All three have a back-forward cache under automation: the page of before goes on, with its client.
      expect(await page.evaluate("isFromCache")).toBe(true);
      await page.evaluate(TRACK_STEPS);
      await page.closeTab();
      const expected = {
        rum_sessions_total: 1,
        'rum_actions_total{action="step"}': 3 * STEPS,
        'rum_page_views_total{route="/"}': 2,
        'rum_page_views_total{route="/other"}': 1,
      };
      expect(await counted(expected)).toEqual(expected);
    });
  });
});
