/**
 * A page that dies without a word, as on a phone that runs out of memory: what it had only queued is sent by
 * the browser in its place. Chromium alone can do that, by `fetchLater`.
 */
import { setTimeout as wait } from "node:timers/promises";
import { defineCatalog } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changesOfVisits, scrape } from "../scrape.ts";
import { launchChromium } from "./chromium.ts";
import { type PageServer, startPageServer } from "./pageServer.ts";

const ROUNDS = 3;
const PAGES_A_ROUND = 10;

const catalog = defineCatalog({ app: "killed", routes: ["/"], actions: { step: { help: "Steps." } } });

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  browser = await launchChromium();
  server = await startPageServer(
    catalog,
    'import { createMetricsWith, standby } from "@rumkit/browser"; globalThis.metrics = createMetricsWith([standby()]);',
  );
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** A page in a context of its own, and so in a process of its own. */
async function open(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server.origin}/`);
  return page;
}

function track(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { metrics } = globalThis as unknown as { metrics: { trackAction: (name: string) => void } };
    metrics.trackAction("step");
  });
}

/** Kills the process of every page, so that none of them runs another line. */
async function killRenderers(pages: readonly Page[]): Promise<void> {
  const crashes = Promise.all(pages.map((page) => page.waitForEvent("crash")));
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  for (const { type, id } of processInfo) if (type === "renderer") process.kill(id, "SIGKILL");
  await crashes;
  await session.detach();
}

function posts(): number {
  return server.requests.filter((request) => request === "POST /collect").length;
}

/** What was counted, once so many steps were or five seconds are over. */
async function counted(steps: number): Promise<Record<string, number>> {
  const read = async (): Promise<Record<string, number>> =>
    changesOfVisits(
      new Map(),
      await scrape(server.collector.app),
      /^rum_(actions|sessions|events_rejected)_total/,
    );
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await read())['rum_actions_total{action="step"}'] === steps) break;
    await wait(50);
  }
  return read();
}

test(`${ROUNDS * PAGES_A_ROUND} pages are killed with an action queued: all are counted`, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const pages = await Promise.all(Array.from({ length: PAGES_A_ROUND }, open));
    const before = posts();
    await Promise.all(pages.map(track));
    await wait(300);
    expect(posts(), "requests of pages that live").toBe(before);
    await killRenderers(pages);
    const killed = (round + 1) * PAGES_A_ROUND;
    expect(await counted(killed)).toEqual({
      'rum_actions_total{action="step"}': killed,
      rum_sessions_total: killed,
    });
    await Promise.all(pages.map((page) => page.context().close()));
  }
});
