/**
 * Batches that blockers of trackers let through: the built package in front of the real collector, in Firefox with uBlock
 * Origin and in Chromium with EasyPrivacy, the list that uBlock Origin has on by default.
 */
import { setTimeout as wait } from "node:timers/promises";
import { defineCatalog } from "@rumkit/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type BlockedPage,
  SITES,
  startBlockingChromium,
  startBlockingFirefox,
} from "../support/blockers/blockingBrowsers.ts";
import { hasBlockers } from "../support/blockers/lists.ts";
import { scrape } from "../support/scrape.ts";
import { freePort } from "../support/freePort.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";

const VISITS = 3;
const STEPS = 2;

const catalog = defineCatalog({
  app: "blocked",
  routes: ["/", "/other"],
  actions: { step: { help: "Steps." } },
});

const PAGE = `
  import { createMetrics } from "@rumkit/browser";
  const url = new URLSearchParams(location.search).get("collector");
  if (url) globalThis.metrics = createMetrics({ url });`;

const leftOut = process.env["LEFT_OUT_ENGINES"] ?? "";

describe.skipIf(!hasBlockers).for(
  [
    { browser: "Chromium with EasyPrivacy", start: startBlockingChromium },
    { browser: "Firefox with uBlock Origin", start: startBlockingFirefox },
  ].filter(({ browser }) => !leftOut.split(",").includes(browser.split(" ")[0]!)),
)("$browser", ({ start }) => {
  let page: BlockedPage;
  let server: PageServer;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    const allowedOrigins = [`http://${SITES[0]}:${port}`];
    [page, server] = await Promise.all([
      start(),
      startPageServer(catalog, PAGE, { allowedOrigins }, { port }),
    ]);
    await page.goto(`http://${SITES[0]}:${port}/`);
    // It reads its lists after the browser has started.
    while ((await page.evaluate(post("/api/collect"))) !== "blocked") await wait(100);
  });
  afterAll(async () => {
    await page?.quit();
    await server?.stop();
  });

  /** Posts to an address; blocked is not the same as refused. */
  const post = (url: string): string =>
    `fetch(${JSON.stringify(url)}, { method: "POST" }).then(() => "answered", () => "blocked")`;

  const steps = async (): Promise<number> =>
    (await scrape(server.collector.app)).get('rum_actions_total{action="step"}') ?? 0;

  test.each([
    ["the own site", SITES[0]],
    ["a subdomain", SITES[1]],
    ["another site", SITES[2]],
  ])("a page that leaves at once delivers to %s, exactly once", async (_what, host) => {
    const before = await steps();
    const collector = encodeURIComponent(`http://${host}:${port}/collect`);
    for (let visit = 0; visit < VISITS; visit += 1) {
      await page.goto(`http://${SITES[0]}:${port}/?collector=${collector}&visit=${visit}`);
      await page.evaluate(`void Array.from({ length: ${STEPS} }, () => metrics.trackAction("step"))`);
      await page.goto(`http://${SITES[0]}:${port}/other`);
    }
    await expect.poll(steps).toBe(before + VISITS * STEPS);
  });

  test.each([
    ["/collect", "answered"],
    ["/rum/collect", "answered"],
    ["/shop/pulse", "answered"],
    ["/api/collect", "blocked"],
    ["/api/metrics/collect", "blocked"],
  ])("%s on the own site is %s", async (path, expected) => {
    await page.goto(`http://${SITES[0]}:${port}/other`);
    expect(await page.evaluate(post(path))).toBe(expected);
  });
});
