/**
 * Everything that a page tracked arrives, exactly once, however the page ends: the built package in three engines, by
 * real navigations and closed tabs, in front of the real collector.
 */
import { defineCatalog } from "@rumkit/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectSoon } from "../support/expectSoon.ts";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { startChromium } from "../support/engines/chromium.ts";
import type { Engine } from "../support/engines/engine.ts";
import { startFirefox } from "../support/engines/firefox.ts";
import { untilElsewhere } from "../support/engines/untilElsewhere.ts";
import { startWebkit } from "../support/engines/webkit.ts";
import { EXITS } from "../support/exits.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { walkRoutes, WALKED } from "../support/routeWalk.ts";

const STEPS = 5;

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
const SLOW_CLOCK = `
  const { now } = Date;
  let waitsUntil = 0;
  addEventListener("pagehide", () => { waitsUntil = performance.now() + ${SLOW_EXIT_MS}; }, true);
  Date.now = () => {
    while (performance.now() < waitsUntil);
    waitsUntil = 0;
    return now();
  };`;

const SLOW_FORMS = `
  import { createMetricsWith, forms, visibility } from "@rumkit/browser";
  globalThis.metrics = createMetricsWith([visibility(), forms()]);
  ${SLOW_CLOCK}`;

const BEGIN_FORMS = `(() => {
  document.body.innerHTML = "<form data-rum-form=login><input></form>".repeat(${STEPS});
  for (const input of document.querySelectorAll("input"))
    input.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
})()`;

const EVERYTHING = `
  import { createMetrics } from "@rumkit/browser";
  addEventListener("pageshow", (event) => { globalThis.isFromCache = event.persisted; });
  globalThis.metrics = createMetrics();`;

const TRACK_STEPS = `Array.from({ length: ${STEPS} }, () => metrics.trackAction("step"))`;

async function countedBy({ collector }: PageServer): Promise<object> {
  const families = /^rum_(actions|page_views|sessions|events_rejected|events_dropped)_total/;
  return changesOfVisits(new Map(), await scrape(collector.app), families);
}

function testEngine(start: () => Promise<Engine>): void {
  let browser: Engine;
  let hasEnded = false;
  let server: PageServer;
  /** The final counts of the collectors, once the browser has ended: nothing is on its way then. */
  let counts: { server: PageServer; expected: object }[] = [];

  /** Waits until the collector has counted what is expected. That nothing comes twice shows when the browser has ended. */
  async function expectCounts(expected: object): Promise<void> {
    await expectSoon(() => countedBy(server)).toEqual(expected);
    counts = [...counts.filter((count) => count.server !== server), { server, expected }];
  }

  beforeAll(async () => {
    browser = await start();
  });
  afterAll(async () => {
    if (!hasEnded) await browser.quit();
    for (const each of counts) await each.server.stop();
  });

  describe("actions", () => {
    beforeEach(async () => {
      server = await startPageServer(catalog, ACTIONS_ONLY);
    });

    test(`right before a navigation: ${EXITS * STEPS} of ${EXITS * STEPS}`, async () => {
      const first = `${server.origin}/`;
      const page = await browser.open(first);
      for (let run = 0; run < EXITS; run += 1) {
        if (run > 0) await page.goto(first);
        // In a separate task, so that the driver has its answer before the document is gone.
        await page.evaluate(`void setTimeout(() => { ${TRACK_STEPS}; location = "/other"; })`);
        await untilElsewhere(page, first);
      }
      const expected = { 'rum_actions_total{action="step"}': EXITS * STEPS, rum_sessions_total: 1 };
      await expectCounts(expected);
      await page.closeTab();
    });

    test(`right before the tab is closed: ${EXITS * STEPS} of ${EXITS * STEPS}`, async () => {
      for (let run = 0; run < EXITS; run += 1) {
        const page = await browser.open(`${server.origin}/`);
        await page.evaluate(TRACK_STEPS);
        await page.closeTab();
      }
      const expected = { 'rum_actions_total{action="step"}': EXITS * STEPS, rum_sessions_total: EXITS };
      await expectCounts(expected);
    });

    test("on their way to another origin: all, and no preflight", async () => {
      const pages = server;
      server = await startPageServer(catalog, ACTIONS_ONLY, { allowedOrigins: [pages.origin] });
      const url = encodeURIComponent(`${server.origin}/collect`);
      const page = await browser.open(`${pages.origin}/?collector=${url}`);
      await page.evaluate(TRACK_STEPS);
      await page.evaluate("metrics.flush()");
      const sent = { 'rum_actions_total{action="step"}': STEPS, rum_sessions_total: 1 };
      await expectCounts(sent);
      await page.evaluate(TRACK_STEPS);
      await page.closeTab();
      const all = { 'rum_actions_total{action="step"}': 2 * STEPS, rum_sessions_total: 1 };
      await expectCounts(all);
      expect(server.requests).toEqual(["POST /collect", "POST /collect"]);
      await pages.stop();
    });
  });

  // Firefox ends the scripts of a process whose last tab closes, wherever they are, and calls the listeners of
  // `visibilitychange` after that (its preference `dom.abort_script_on_child_shutdown`).
  test(`actions of a page that may be stopped amid its exit: ${EXITS * STEPS} of ${EXITS * STEPS}`, async () => {
    server = await startPageServer(catalog, ACTIONS_ONLY + SLOW_CLOCK);
    for (let run = 0; run < EXITS; run += 1) {
      const page = await browser.open(`${server.origin}/`);
      await page.evaluate(TRACK_STEPS);
      await page.closeTab();
    }
    const expected = { 'rum_actions_total{action="step"}': EXITS * STEPS, rum_sessions_total: EXITS };
    await expectCounts(expected);
  });

  test(`forms of such a page: ${EXITS * STEPS} of ${EXITS * STEPS} are abandoned`, async () => {
    server = await startPageServer(catalog, SLOW_FORMS);
    for (let run = 0; run < EXITS; run += 1) {
      const page = await browser.open(`${server.origin}/`);
      await page.evaluate(BEGIN_FORMS);
      // A shorter time is not reported as visible.
      await page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))");
      await page.closeTab();
    }
    const expected = { 'rum_form_abandons_total{form="login"}': EXITS * STEPS };
    await expectSoon(async () =>
      changesOfVisits(new Map(), await scrape(server.collector.app), /^rum_form_abandons_total/),
    ).toEqual(expected);
  });

  describe("page views", () => {
    beforeEach(async () => {
      server = await startPageServer(catalog, EVERYTHING);
    });

    test("of client-side routes: six views, three names", async () => {
      const page = await browser.open(`${server.origin}/`);
      await page.evaluate(walkRoutes);
      await page.closeTab();
      await expectCounts(WALKED);
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
      await expectCounts(expected);
    });
  });

  test("nothing came twice: the browser has ended, and so has all that it sent", async () => {
    hasEnded = true;
    await browser.quit();
    expect(counts.length).toBeGreaterThan(0);
    for (const each of counts) expect(await countedBy(each.server)).toEqual(each.expected);
  });
}

const leftOut = process.env["LEFT_OUT_ENGINES"] ?? "";

// Each engine waits for its own processes most of the time, so the three run beside each other.
describe.concurrent.for(
  [
    { engine: "Chromium", start: startChromium },
    { engine: "Firefox", start: startFirefox },
    { engine: "WebKit", start: startWebkit },
  ].filter(({ engine }) => !leftOut.includes(engine)),
)("$engine", ({ start }) => {
  describe("in turn", { concurrent: false }, () => testEngine(start));
});
