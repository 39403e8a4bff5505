import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { orShort } from "../rounds.ts";

/** Milliseconds, as the browser reports them. */
export interface Visit {
  /** Largest Contentful Paint of the load. */
  readonly lcp: number;
  /** The longest interaction, from input to the next paint: what INP is for so few. Whole multiples of 8. */
  readonly inp: number;
  /** Of all interactions together, what event listeners took; not rounded. */
  readonly listeners: number;
}

/** A phone of the middle class, seen from a desktop. */
export const SLOW_DOWN = orShort(4);

/** Walks from the list to the checkout, in a new context: product, cart, cart page, checkout. */
export async function visitShop(browser: Browser, origin: string): Promise<Visit> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW_DOWN });
    await page.addInitScript(observe);
    await page.goto(`${origin}/`, { waitUntil: "load" });
    await page.locator("[data-testid^=product-]").first().waitFor();
    // The largest paint is final with the first input.
    await wait(400);
    await page.locator("[data-testid^=product-]").first().click();
    await page.getByTestId("add-to-cart").click();
    await page.getByTestId("cart-link").click();
    await page.getByTestId("checkout").click();
    await page.waitForURL(`${origin}/checkout`);
    // Entries come after the paint that they measure.
    await wait(400);
    return await page.evaluate(() => window.visit);
  } finally {
    await context.close();
  }
}

/** Runs in the page, before any of its scripts. */
function observe(): void {
  const visit = { lcp: NaN, inp: NaN, listeners: 0 };
  window.visit = visit;
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) visit.lcp = startTime;
  }).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceEventTiming[]) {
      if (!entry.interactionId) continue;
      visit.inp = Math.max(visit.inp || 0, entry.duration);
      visit.listeners += entry.processingEnd - entry.processingStart;
    }
  }).observe({ type: "event", buffered: true, durationThreshold: 16 });
}

declare global {
  interface Window {
    visit: Visit;
  }
}
