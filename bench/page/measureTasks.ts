import { setTimeout as wait } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { orShort } from "../rounds.ts";

/** Milliseconds of the page's main thread. */
export interface Longest {
  /** The longest task: layout, paint and the browser's own work with it, and the harness'. */
  readonly task: number;
  /** The longest run of script within a task. */
  readonly script: number;
}

export interface Tasks {
  /** From the navigation until the page rests. */
  readonly load: Longest;
  /** In a hundred clicks of a real mouse, one after the other. */
  readonly clicks: Longest;
  /** A task that calls `trackAction` a thousand times, with ten sets of labels; without a client, not at all. */
  readonly calls: Longest;
}

/** Of a phone that is a sixth as fast as this machine. */
export const SLOW_DOWN = orShort(6);

const CLICKS = orShort(100, 3);
const CALLS = orShort(1_000, 100);
/** A page rests so long after its load event, and after the calls. */
const LOAD_REST_MS = orShort(800, 50);
const CALLS_REST_MS = orShort(200, 50);

/** Loads a slowed-down page once, in a new context, and uses it. */
export async function measureTasks(browser: Browser, url: string): Promise<Tasks> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: SLOW_DOWN });
    const load = await longest(page, async () => {
      await page.goto(url, { waitUntil: "load" });
      await wait(LOAD_REST_MS);
    });
    const clicks = await longest(page, async () => {
      for (let click = 0; click < CLICKS; click += 1) await page.mouse.click(50, 150);
    });
    const calls = await longest(page, async () => {
      await page.evaluate((count) => {
        for (let call = 0; call < count; call += 1)
          window.metrics?.trackAction("add_to_cart", { category: `c${call % 10}`, position: 3 });
      }, CALLS);
      await wait(CALLS_REST_MS);
    });
    return { load, clicks, calls };
  } finally {
    await context.close();
  }
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly args: { readonly name?: string };
}

/** Milliseconds, from the browser's own trace: `longtask` entries say nothing of what is under 50 ms. */
async function longest(page: Page, use: () => Promise<void>): Promise<Longest> {
  const browser = page.context().browser()!;
  await browser.startTracing(page, {
    categories: ["devtools.timeline", "disabled-by-default-devtools.timeline"],
  });
  await use();
  // A mark on the page's main thread tells it from those of other renderers.
  await page.evaluate(() => console.timeStamp("measured"));
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const mark = traceEvents.find(({ name }) => name === "TimeStamp");
  if (!mark) throw new Error("The trace does not say which thread is the page's.");
  const ofThread = traceEvents.filter(({ pid, tid }) => pid === mark.pid && tid === mark.tid);
  const longestOf = (names: readonly string[]): number =>
    Math.max(0, ...ofThread.map(({ name, dur = 0 }) => (names.includes(name) ? dur : 0))) / 1000;
  return { task: longestOf(["RunTask"]), script: longestOf(SCRIPTS) };
}

/** The names of a run of script in Chromium's trace. */
const SCRIPTS = ["EvaluateScript", "FunctionCall", "EventDispatch", "TimerFire", "RunMicrotasks"];
