import type { Browser, Page } from "playwright-core";
import { epochNow } from "./sender.ts";

/** A number that the page has painted. */
interface Painted {
  /** The painted total. */
  readonly value: number;
  /** When the frame with it was done: milliseconds since 1970 by the clock of this process. */
  readonly at: number;
}

/** The live page in a browser, which notes when a new total of the goal is painted. */
export interface PaintedPage {
  painted(): Promise<Painted[]>;
  close(): Promise<void>;
}

declare global {
  interface Window {
    paintedTotals: { value: number; at: number }[];
    isInFrame: boolean;
    /** Calls a function after the paint of this frame. */
    afterPaint: (call: () => void) => void;
  }
}

/**
 * A change of the text is painted at the end of the frame in which it is made: in an animation callback it is that frame,
 * elsewhere the next one. A message that is posted in a frame is the first task after its paint.
 */
function watchFrames(): void {
  window.isInFrame = false;
  window.afterPaint = (call) => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener("message", call, { once: true });
    port1.start();
    port2.postMessage(undefined);
  };
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    request((time) => {
      window.isInFrame = true;
      window.afterPaint(() => (window.isInFrame = false));
      callback(time);
    });
}

function watchTotal(number: Element): void {
  window.paintedTotals = [];
  const note = (): void => {
    const value = Number((number.textContent ?? "").replaceAll(/\D/g, ""));
    window.afterPaint(() =>
      window.paintedTotals.push({ value, at: performance.timeOrigin + performance.now() }),
    );
  };
  new MutationObserver(() => {
    if (window.isInFrame) note();
    else requestAnimationFrame(note);
  }).observe(number, { childList: true, characterData: true, subtree: true });
}

export async function openPaintedPage(browser: Browser, origin: string): Promise<PaintedPage> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watchFrames);
  await page.goto(`${origin}/realtime`);
  const number = page.locator('.heroTile[aria-label="Signup today"] .heroNumber');
  await number.waitFor({ timeout: 300_000 });
  const offset = await clockOffset(page);
  await number.evaluate(watchTotal);
  return {
    painted: async () => {
      const all = await page.evaluate(() => window.paintedTotals);
      return all.map(({ value, at }) => ({ value, at: at - offset }));
    },
    close: () => page.close(),
  };
}

/** Milliseconds by which the page's clock is ahead, from the round trip that was the shortest. */
async function clockOffset(page: Page): Promise<number> {
  let best = { trip: Number.POSITIVE_INFINITY, offset: 0 };
  for (let turn = 0; turn < 50; turn += 1) {
    const before = epochNow();
    const there = await page.evaluate(() => performance.timeOrigin + performance.now());
    const after = epochNow();
    if (after - before < best.trip) best = { trip: after - before, offset: there - (before + after) / 2 };
  }
  return best.offset;
}

/** The milliseconds from sending each event to the paint of the total that has it. */
export function latencies(sentAt: readonly number[], painted: readonly Painted[]): number[] {
  let next = 0;
  return sentAt.flatMap((at, index) => {
    while (next < painted.length && painted[next]!.value < index + 1) next += 1;
    return next < painted.length ? [painted[next]!.at - at] : [];
  });
}
