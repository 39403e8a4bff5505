/**
 * Faults of the network, which must not change any number: the built page package in a real
 * Chromium, a server that breaks requests and replies at random, the real collector behind it.
 *
 * `npm run faults -- 2000` runs more trials.
 */
import { defineCatalog } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { changesOfVisits, type Scrape, scrape } from "../support/scrape.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Fault, startFaultCollector } from "../support/faultCollector.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { leave, settled, watch } from "../support/visits.ts";

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

async function open(from: { readonly origin: string }): Promise<Page> {
  const page = await (await watch(await browser.newContext())).newPage();
  await page.goto(`${from.origin}/`);
  return page;
}

/** Tracks one action and sends it, in a separate batch. */
function step(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { metrics } = globalThis as unknown as {
      metrics: { trackAction: (name: string) => void; flush: () => void };
    };
    metrics.trackAction("step");
    metrics.flush();
  });
}

/** Tracks actions that are all the same, in one task. */
function trackSteps(page: Page, times: number, then: "flush" | "navigate"): Promise<void> {
  return page.evaluate(
    ([count, what]) => {
      const { metrics } = globalThis as unknown as {
        metrics: { trackAction: (name: string) => void; flush: () => void };
      };
      for (let index = 0; index < count; index += 1) metrics.trackAction("step");
      if (what === "flush") metrics.flush();
      else location.href = "/elsewhere";
    },
    [times, then] as const,
  );
}

/** Some steps, with pauses in which answers come and retries are due. */
async function walk(page: Page, random: () => number): Promise<void> {
  for (let index = 0; index < STEPS_A_ROUND; index += 1) {
    await step(page);
    await page.waitForTimeout(random() * 100);
  }
}

/** Waits until the collector has counted so many steps since. */
async function untilCounted(before: Scrape, expected: number): Promise<void> {
  await expect.poll(async () => stepsIn(await scrape(collector.app)) - stepsIn(before)).toBe(expected);
}

function stepsIn(figures: Scrape): number {
  return figures.get('rum_actions_total{action="step"}') ?? 0;
}

/** The changes since then. */
async function changed(before: Scrape): Promise<Record<string, number>> {
  const families = /^rum_(actions|sessions|events_(rejected|dropped)|batches_rejected)/;
  return changesOfVisits(before, await scrape(collector.app), families);
}

/** The changes since then, once each page has an answer to each of its batches: none sends one again. */
async function changedAtLast(before: Scrape, ...pages: readonly Page[]): Promise<Record<string, number>> {
  await Promise.all(pages.map(settled));
  return changed(before);
}

describe("figures are exact", () => {
  test(
    `after ${TRIALS} batches that met random faults: none lost, none counted twice`,
    { timeout: 600_000 },
    async () => {
      const before = await scrape(collector.app);
      // Apart, so that the pauses of the pages do not change which faults come.
      const random = createRandom(42);
      const pauses = createRandom(43);
      const kinds: Fault[] = [
        "unavailable",
        "rate_limited",
        "reset_before_storing",
        "reset_after_storing",
        "lost_reply",
        "reused_socket",
        "slow",
      ];
      const faulty = await startFaultCollector(origin, () =>
        random() < 0.4 ? kinds[Math.floor(random() * kinds.length)]! : "none",
      );
      const pages = await Promise.all(Array.from({ length: PAGES }, () => open(faulty)));
      // A page keeps twenty batches at most while the collector is away, so a round waits for the one before.
      const rounds = Math.ceil(TRIALS / PAGES / STEPS_A_ROUND);
      const all = rounds * PAGES * STEPS_A_ROUND;
      for (let round = 1; round <= rounds; round += 1) {
        await Promise.all(pages.map((page) => walk(page, pauses)));
        const sent = (all / rounds) * round;
        await untilCounted(before, sent);
      }
      expect(await changedAtLast(before, ...pages)).toEqual({
        'rum_actions_total{action="step"}': all,
        rum_sessions_total: PAGES,
      });
      for (const kind of kinds) expect(faulty.faults[kind], kind).toBeGreaterThan(0);
      await Promise.all(pages.map((page) => page.context().close()));
      await faulty.close();
    },
  );

  test("after a page that is left while its batches wait for a collector that is away", async () => {
    const before = await scrape(collector.app);
    const faulty = await startFaultCollector(origin, () => "unavailable");
    const page = await open(faulty);
    for (let index = 0; index < 5; index += 1) await step(page);
    await expect.poll(() => faulty.faults.unavailable).toBeGreaterThan(0);
    faulty.heal();
    await leave(page);
    expect(await changed(before)).toEqual({ 'rum_actions_total{action="step"}': 5, rum_sessions_total: 1 });
    await page.context().close();
    await faulty.close();
  });

  test("after a list of faults that five batches meet one after the other", async () => {
    const before = await scrape(collector.app);
    const faults: Fault[] = [
      "unavailable",
      "unavailable",
      "rate_limited",
      "reset_before_storing",
      "reset_before_storing",
      "reset_before_storing",
      "reset_before_storing",
      "lost_reply",
    ];
    const faulty = await startFaultCollector(origin, () => faults.shift() ?? "none");
    const page = await open(faulty);
    for (let index = 0; index < 5; index += 1) await step(page);
    expect(await changedAtLast(before, page)).toEqual({
      'rum_actions_total{action="step"}': 5,
      rum_sessions_total: 1,
    });
    expect(faults).toEqual([]);
    await page.context().close();
    await faulty.close();
  });

  test("after a batch that stalls: it holds up no other, and arrives itself", async () => {
    const before = await scrape(collector.app);
    const faults: Fault[] = ["stall"];
    const faulty = await startFaultCollector(origin, () => faults.shift() ?? "none");
    const page = await open(faulty);
    for (let index = 0; index < 5; index += 1) await step(page);
    await untilCounted(before, 4);
    faulty.heal();
    expect(await changedAtLast(before, page)).toEqual({
      'rum_actions_total{action="step"}': 5,
      rum_sessions_total: 1,
    });
    await page.context().close();
    await faulty.close();
  });

  test("of 20 equal actions in one batch whose reply is lost", async () => {
    const before = await scrape(collector.app);
    const faults: Fault[] = ["lost_reply"];
    const faulty = await startFaultCollector(origin, () => faults.shift() ?? "none");
    const page = await open(faulty);
    await trackSteps(page, 20, "flush");
    expect(await changedAtLast(before, page)).toEqual({
      'rum_actions_total{action="step"}': 20,
      rum_sessions_total: 1,
    });
    expect(faulty.faults.lost_reply).toBe(1);
    await page.context().close();
    await faulty.close();
  });

  test("of 1,500 actions right before a navigation, in two requests at most", async () => {
    const before = await scrape(collector.app);
    const posts = (): number => server.requests.filter((request) => request === "POST /collect").length;
    const postsBefore = posts();
    const page = await open(server);
    await Promise.all([page.waitForURL("**/elsewhere"), trackSteps(page, 1_500, "navigate")]);
    await leave(page);
    expect(await changed(before)).toEqual({
      'rum_actions_total{action="step"}': 1_500,
      rum_sessions_total: 1,
    });
    expect(posts() - postsBefore).toBeLessThanOrEqual(2);
    await page.context().close();
  });
});
