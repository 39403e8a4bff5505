/**
 * A page that dies without an exit event, as on a phone that runs out of memory: the browser sends what the page had
 * queued. Only Chromium can do that, by `fetchLater`.
 */
import { defineCatalog } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { launchChromium } from "../support/chromium.ts";
import { EXITS } from "../support/exits.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { timers } from "../support/pageTime.ts";
import { started } from "../support/visits.ts";

/** The number of pages that are open at once. */
const PAGES = 2 * EXITS;

const catalog = defineCatalog({ app: "killed", routes: ["/"], actions: { step: { help: "Steps." } } });

let browser: Browser;
let server: PageServer;
/** Requests that are answered at the end of a test. Until then they block the pages that wait for them. */
const blocked: (() => void)[] = [];

beforeAll(async () => {
  browser = await launchChromium();
  server = await startPageServer(
    catalog,
    `import { createMetricsWith, standby } from "@rumkit/browser";
     // No page sends its batch itself, however long a busy machine takes until it kills the page.
     const { setTimeout } = globalThis;
     globalThis.setTimeout = (run, ms) => (ms === 5_000 ? 0 : setTimeout(run, ms));
     globalThis.metrics = createMetricsWith([standby()]);
     // As a long task would, but until the test ends, and without load.
     globalThis.block = () => {
       const request = new XMLHttpRequest();
       request.open("GET", "/blocked", false);
       request.send();
     };`,
    {},
    {
      routes: (app) => {
        app.get("/blocked", async (c) => {
          await new Promise<void>((resolve) => blocked.push(resolve));
          return c.body(null, 204);
        });
      },
    },
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

let atStart: Awaited<ReturnType<typeof scrape>>;
beforeEach(async () => {
  atStart = await scrape(server.collector.app);
});

/** The counts of this test. */
async function counted(): Promise<Record<string, number>> {
  return changesOfVisits(
    atStart,
    await scrape(server.collector.app),
    /^rum_(actions|clicks|sessions|events_rejected|batches_duplicate)_total/,
  );
}

test(`${PAGES} pages are killed with an action queued: all are counted`, async () => {
  const pages = await Promise.all(Array.from({ length: PAGES }, open));
  const before = posts();
  await Promise.all(pages.map(track));
  // Nothing is painted here: the client records what was called after a second.
  await Promise.all(pages.map(started));
  // A tenth of a second after the event the browser holds the batch.
  await Promise.all(pages.map((page) => timers(page, 100)));
  expect(posts(), "requests of pages that live").toBe(before);
  await killRenderers(pages);
  await expect
    .poll(counted)
    .toEqual({ 'rum_actions_total{action="step"}': PAGES, rum_sessions_total: PAGES });
  await Promise.all(pages.map((page) => page.context().close()));
});

// Chromium waits half a second for the exit events of a page whose tab is closed. Then it ends the page without them.
test.each([
  {
    when: "in the script after the one that tracked",
    script: "metrics.trackAction('step'); setTimeout(block)",
  },
  {
    when: "in the script that tracked",
    script: "metrics.trackAction('step'); Promise.resolve().then(() => 0).then(block)",
  },
])("tabs are closed while their pages are busy $when: all is counted, once", async ({ script }) => {
  const pages = await Promise.all(Array.from({ length: PAGES }, open));
  await Promise.all(pages.map(track));
  await Promise.all(pages.map(started));
  // In a separate script, so that the driver has its answer before the page is blocked.
  await Promise.all(pages.map((page) => page.evaluate(`void setTimeout(() => { ${script}; })`)));
  await expect.poll(() => blocked.length).toBe(PAGES);
  await Promise.all(pages.map((page) => page.close()));
  await expect.poll(counted).toEqual({
    'rum_actions_total{action="step"}': 2 * PAGES,
    rum_sessions_total: PAGES,
  });
  for (const answer of blocked.splice(0)) answer();
  await Promise.all(pages.map((page) => page.context().close()));
});
