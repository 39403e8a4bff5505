/**
 * What the network does to beacons, and what it may not do to figures: the built page package in a real
 * Chromium, a proxy that breaks requests and replies at random, the real collector behind it.
 *
 * `npm run faults -- 2000` runs more trials.
 */
import { defineCatalog } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changes, scrape } from "../scrape.ts";
import { launchChromium } from "./chromium.ts";
import { type Fault, type FaultyProxy, startFaultyProxy } from "./faultyProxy.ts";
import { type PageServer, startPageServer } from "./pageServer.ts";

const TRIALS = Number(process.env["FAULT_TRIALS"] ?? 120);
const PAGES = 12;
const STEPS_A_ROUND = 10;

const catalog = defineCatalog({ app: "faults", routes: ["/"], actions: { step: { help: "Steps." } } });

let browser: Browser;
let server: PageServer;
let collector: PageServer["collector"];
let origin: string;

beforeAll(async () => {
  browser = await launchChromium();
  // Without the sources that would send on their own.
  const code =
    'import { createMetricsWith } from "@rumkit/browser"; globalThis.metrics = createMetricsWith([]);';
  server = await startPageServer(catalog, code);
  ({ collector, origin } = server);
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

/** The same numbers on every run (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function open(proxy: FaultyProxy): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${proxy.origin}/`);
  return page;
}

/** Tracks one action and sends it, in a batch of its own. */
function step(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { metrics } = globalThis as unknown as {
      metrics: { trackAction: (name: string) => void; flush: () => void };
    };
    metrics.trackAction("step");
    metrics.flush();
  });
}

/** Some steps, with pauses in which answers come and retries are due. */
async function walk(page: Page, random: () => number): Promise<void> {
  for (let index = 0; index < STEPS_A_ROUND; index += 1) {
    await step(page);
    await page.waitForTimeout(random() * 100);
  }
}

/** Waits until the collector has counted so many steps, or until nothing changes any more. */
async function counted(expected: number): Promise<number> {
  let steps = 0;
  for (let quiet = 0; quiet < 100; quiet += 1) {
    const now = (await scrape(collector.app)).get('rum_actions_total{action="step"}') ?? 0;
    if (now !== steps) quiet = 0;
    steps = now;
    if (steps >= expected) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return steps;
}

describe("figures are exact", () => {
  test(
    `after ${TRIALS} batches that met random faults: none lost, none counted twice`,
    { timeout: 600_000 },
    async () => {
      const before = await scrape(collector.app);
      const random = createRandom(42);
      const kinds: Fault[] = [
        "unavailable",
        "rate_limited",
        "reset_before_storing",
        "reset_after_storing",
        "lost_reply",
        "slow",
      ];
      const proxy = await startFaultyProxy(origin, () =>
        random() < 0.4 ? kinds[Math.floor(random() * kinds.length)]! : "none",
      );
      const pages = await Promise.all(Array.from({ length: PAGES }, () => open(proxy)));
      // A page keeps twenty batches at most while the collector is away, so a round waits for the one before.
      const rounds = Math.ceil(TRIALS / PAGES / STEPS_A_ROUND);
      const all = rounds * PAGES * STEPS_A_ROUND;
      for (let round = 1; round <= rounds; round += 1) {
        await Promise.all(pages.map((page) => walk(page, random)));
        expect(await counted((all / rounds) * round)).toBe((all / rounds) * round);
      }
      // What is still on its way may only be a repetition.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const changed = changes(
        before,
        await scrape(collector.app),
        /^rum_(actions|sessions|events_(rejected|dropped)|batches_rejected)/,
      );
      expect(changed).toEqual({
        'rum_actions_total{action="step"}': all,
        rum_sessions_total: PAGES,
      });
      for (const kind of kinds) expect(proxy.faults[kind], kind).toBeGreaterThan(0);
      await Promise.all(pages.map((page) => page.context().close()));
      await proxy.close();
    },
  );

  test("after a tab that is closed while its batches wait for a collector that is away", async () => {
    const before = await scrape(collector.app);
    const proxy = await startFaultyProxy(origin, () => "unavailable");
    const page = await open(proxy);
    for (let index = 0; index < 5; index += 1) await step(page);
    await page.waitForTimeout(200);
    proxy.heal();
    await page.close();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const changed = changes(before, await scrape(collector.app), /^rum_(actions|sessions)/);
    expect(changed).toEqual({ 'rum_actions_total{action="step"}': 5, rum_sessions_total: 1 });
    await page.context().close();
    await proxy.close();
  });
});
