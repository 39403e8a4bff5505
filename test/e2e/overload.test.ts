/** A real page that reports to a collector whose journal does not keep up: what is left out, and what is not lost. */
import { defineCatalog } from "@rumkit/protocol";
import { createMemoryJournal, type Journal } from "@rumkit/server";
import type { Page, Response } from "playwright-core";
import { expect, onTestFinished, test, vi } from "vitest";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { launchShell } from "../support/chromium.ts";
import { startPageServer } from "../support/pageServer.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { look: { help: "Looks." } },
  conversions: { wish: { help: "Wishes." } },
});

const CODE =
  'import { createMetricsWith } from "@rumkit/browser"; globalThis.metrics = createMetricsWith([]);';

/** A journal that keeps nothing until it is let go on, and says that an entry waits as long as the test says. */
function createStalledJournal(): {
  readonly journal: Journal;
  readonly stallFor: (milliseconds: number) => void;
  readonly goOn: () => void;
} {
  const memory = createMemoryJournal();
  const { promise: going, resolve: goOn } = Promise.withResolvers<void>();
  let pendingEntries = 0;
  let waitingMs = 0;
  return {
    stallFor: (milliseconds) => {
      waitingMs = milliseconds;
    },
    goOn,
    journal: {
      ...memory,
      append: async (entry) => {
        pendingEntries += 1;
        await going;
        pendingEntries -= 1;
        return memory.append(entry);
      },
      state: () => ({
        pendingEntries,
        waitingMs: pendingEntries === 0 ? 0 : waitingMs,
        bytes: 0,
        logBytes: 0,
        freeBytes: 1e9,
        commits: 0,
        lastCommitMs: 0,
        failing: undefined,
      }),
    },
  };
}

/** An action and a conversion, in a separate batch. */
function report(page: Page): Promise<void> {
  return page.evaluate(() => {
    const { metrics } = globalThis as unknown as {
      metrics: { trackAction(name: string): void; trackConversion(name: string): void; flush(): void };
    };
    metrics.trackAction("look");
    metrics.trackConversion("wish");
    metrics.flush();
  });
}

const isAnswer = (status: number) => (response: Response) =>
  response.request().method() === "POST" && response.status() === status;

test("what users do is left out before what they buy; a batch that is refused comes again, and counts once", async () => {
  // The collector reads its load once a second, and takes nine readings to the highest level and fifteen back.
  vi.useFakeTimers({ toFake: ["setInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const { journal, stallFor, goOn } = createStalledJournal();
  const server = await startPageServer(catalog, CODE, { journal });
  const browser = await launchShell();
  onTestFinished(async () => {
    goOn();
    await browser.close();
    await server.stop();
  });
  const page = await browser.newPage();
  await page.goto(server.origin);
  const totals = async (): Promise<Record<string, number>> =>
    changesOfVisits(new Map(), await scrape(server.collector.app), /^rum_/);
  const levelAfterSecond = async (): Promise<number> => {
    vi.advanceTimersByTime(1_000);
    return (await totals())["rum_overload_level"] ?? 0;
  };
  const untilWishes = (wanted: number): Promise<void> =>
    expect.poll(async () => (await totals())['rum_conversions_total{conversion="wish"}']).toBe(wanted);
  const untilLevel = (wanted: number): Promise<void> => expect.poll(levelAfterSecond).toBe(wanted);

  await report(page);
  stallFor(2_000);
  await untilLevel(2);
  await report(page);
  stallFor(6_000);
  await untilLevel(3);
  const refusal = page.waitForResponse(isAnswer(503));
  await report(page);
  expect(await (await refusal).headerValue("retry-after")).toMatch(/^\d+$/);
  // Figures are for who has to do something about it: they are there whatever is refused.
  expect((await totals())['rum_batches_rejected_total{reason="overload"}']).toBeGreaterThan(0);

  goOn();
  await untilWishes(3);
  await untilLevel(0);
  await report(page);
  await untilWishes(4);

  const after = await totals();
  const count = (series: string): number => after[series] ?? 0;
  // Of the first and of the last batch; the third came again while it was more or less busy.
  const looks = count('rum_actions_total{action="look"}');
  expect([2, 3]).toContain(looks);
  expect(count("rum_events_overload_total")).toBe(4 - looks);
  expect(count("rum_events_received_total")).toBe(
    count("rum_events_accepted_total") + count("rum_events_overload_total"),
  );
  expect(count("rum_batches_accepted_total")).toBe(4);
  expect(count("rum_batches_duplicate_total")).toBe(0);
});
