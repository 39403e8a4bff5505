import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { orShort } from "../rounds.ts";

export interface Start {
  /** Parsing, compiling and running the page's script, start of the client included. */
  readonly startMs: number;
  /** All script of the page until it rests, callbacks of observers and timers included. */
  readonly scriptMs: number;
}

/** A page rests so long after its load event; the first batch, 5 s after the first event, comes later. */
const REST_MS = orShort(600, 50);

/** Loads a page once, in a new context. */
export async function measureStart(browser: Browser, url: string): Promise<Start> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Performance.enable");
    await page.goto(url, { waitUntil: "load" });
    await wait(REST_MS);
    const { metrics } = await session.send("Performance.getMetrics");
    const script = metrics.find(({ name }) => name === "ScriptDuration")?.value ?? NaN;
    const startMs = await page.evaluate(() => window.startMs);
    return { startMs, scriptMs: script * 1000 };
  } finally {
    await context.close();
  }
}
