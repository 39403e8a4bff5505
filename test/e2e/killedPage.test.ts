/**
 * A page that dies without a word, as on a phone that runs out of memory: what it had only queued is sent by
 * the browser in its place. Chromium alone can do that, by `fetchLater`.
 */
import { defineCatalog } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { launchChromium } from "../support/chromium.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { timers } from "../support/pageTime.ts";
import { started } from "../support/visits.ts";

const ROUNDS = 3;
const PAGES_A_ROUND = 10;

const catalog = defineCatalog({ app: "killed", routes: ["/"], actions: { step: { help: "Steps." } } });

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  browser = await launchChromium();
  server = await startPageServer(
    catalog,
    `import { createMetricsWith, standby } from "@rumkit/browser";
     // No page sends its batch itself, however long a busy machine takes until it kills the page.
     const { setTimeout } = globalThis;
     globalThis.setTimeout = (run, ms) => (ms === 5_000 ? 0 : setTimeout(run, ms));
     globalThis.metrics = createMetricsWith([standby()]);`,
  );
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** A page in a new context, and so in a separate process. */
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

async function counted(): Promise<Record<string, number>> {
  return changesOfVisits(
    new Map(),
    await scrape(server.collector.app),
    /^rum_(actions|sessions|events_rejected)_total/,
  );
}

test(`${ROUNDS * PAGES_A_ROUND} pages are killed with an action queued: all are counted`, async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const pages = await Promise.all(Array.from({ length: PAGES_A_ROUND }, open));
    const before = posts();
    await Promise.all(pages.map(track));
    // Nothing is painted here: the client records what was called after a second.
    await Promise.all(pages.map(started));
    // A tenth of a second after the event the browser holds the batch.
    await Promise.all(pages.map((page) => timers(page, 100)));
    expect(posts(), "requests of pages that live").toBe(before);
    await killRenderers(pages);
    const killed = (round + 1) * PAGES_A_ROUND;
    await expect.poll(counted).toEqual({
      'rum_actions_total{action="step"}': killed,
      rum_sessions_total: killed,
    });
    await Promise.all(pages.map((page) => page.context().close()));
  }
});
