/**
 * Errors of components, in a real Chromium: each counts once, whatever else catches it, and the console shows what
 * React would show.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { changesOfVisits, type Scrape, scrape } from "../support/scrape.ts";
import { launchShell } from "../support/chromium.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { bundlePage } from "../support/reactPages/bundlePage.ts";
import { leave, watch } from "../support/visits.ts";
import { WALK_CATALOG } from "../support/walkCatalog.ts";

const ONE_ERROR = { [`rum_js_errors_total{route="/",source="react"}`]: 1 };

let browser: Browser;

beforeAll(async () => {
  browser = await launchShell();
});
afterAll(() => browser.close());

describe.each(["development", "production"] as const)("in %s", (mode) => {
  let server: PageServer;
  let before: Scrape;
  let page: Page;
  /** The console's red lines: logged errors, and uncaught ones. */
  let logged: string[];
  let uncaught: string[];

  beforeEach(async () => {
    server = await startPageServer(WALK_CATALOG, { bundled: await bundlePage("errors.tsx", mode) });
    before = await scrape(server.collector.app);
    page = await (await watch(await browser.newContext())).newPage();
    logged = [];
    uncaught = [];
    page.on("console", (message) => {
      if (message.type() === "error") logged.push(message.text());
    });
    page.on("pageerror", (error) => uncaught.push(error.message));
  });
  afterEach(() => server.stop());

  /** Closes the page, and waits until its errors are counted. */
  async function expectErrors(expected: object): Promise<void> {
    await leave(page);
    const counted = changesOfVisits(before, await scrape(server.collector.app), /^rum_js_errors_total/);
    expect(counted).toEqual(expected);
  }

  test("an error in a boundary counts once", async () => {
    await page.goto(`${server.origin}/`);
    await page.waitForFunction(() => window.fail);
    await page.evaluate(() => window.fail!("inside"));
    await page.waitForFunction(() => document.querySelector("output")?.textContent === "caught");
    // The driver may hear of a line after it has heard that the page is ready.
    await expect.poll(() => logged.filter((text) => text.includes("broken inside"))).toHaveLength(1);
    expect(logged.join("\n")).toContain("at MetricsErrorBoundary");
    expect(uncaught).toEqual([]);
    await expectErrors(ONE_ERROR);
  });

  test("an error that no boundary catches counts once, though window.onerror sees it too", async () => {
    await page.goto(`${server.origin}/`);
    await page.waitForFunction(() => window.fail);
    await page.evaluate(() => window.fail!("outside"));
    await page.waitForFunction(() => !document.querySelector("output"));
    await expect.poll(() => uncaught).toEqual(["broken outside"]);
    await expectErrors(ONE_ERROR);
  });

  test("an error that React recovers from counts once", async () => {
    await page.goto(`${server.origin}/?hydrated`);
    await page.waitForFunction(() => document.querySelector("output")?.textContent === "fine");
    await expect.poll(() => uncaught).toEqual([expect.stringMatching(/hydrat|#418/i)]);
    await expectErrors(ONE_ERROR);
  });
});
