/**
 * One walk through an app with client-side routes, in a real Chromium: every view counts once and under its
 * pattern, by the Navigation API and, where a browser has none, by the history methods.
 */
import { setTimeout as wait } from "node:timers/promises";
import { defineCatalog } from "@rumkit/protocol";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { changesOfVisits, type Scrape, scrape } from "../scrape.ts";
import { launchChromium } from "./chromium.ts";
import { type PageServer, startPageServer } from "./pageServer.ts";
import { walkRoutes, WALKED } from "./routeWalk.ts";

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

async function counted(): Promise<object> {
  return changesOfVisits(
    before,
    await scrape(server.collector.app),
    /^rum_(page_views|sessions|events_rejected)_total/,
  );
}

test.each(["with the Navigation API", "without it"])("six views, three names, %s", async (which) => {
  const context = await browser.newContext();
  // The API is an accessor of the window itself.
  if (which === "without it")
    await context.addInitScript(() => void Reflect.deleteProperty(window, "navigation"));
  const page = await context.newPage();
  await page.goto(`${server.origin}/`);
  expect(await page.evaluate(() => "navigation" in window)).toBe(which !== "without it");
  await page.evaluate(walkRoutes);
  await page.close();
  await wait(500);
  expect(await counted()).toEqual(WALKED);
  await context.close();
});

test("a page that its user comes back to is viewed again, in the same session", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.origin}/`);
  await page.goto(`${server.origin}/users/1`);
  await page.goBack();
  await page.close();
  await wait(500);
  expect(await counted()).toEqual({
    rum_sessions_total: 1,
    'rum_page_views_total{route="/"}': 2,
    'rum_page_views_total{route="/users/:id"}': 1,
  });
  await context.close();
});
