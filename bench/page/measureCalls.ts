import type { Browser } from "playwright-core";
import { orShort } from "../rounds.ts";

/** Microseconds a call, over 10,000 calls each. */
export interface Calls {
  /** The same name and labels each time: the event waits already, and its count grows. */
  readonly same: number;
  /** Labels that no waiting event has: a new event. */
  readonly distinct: number;
  /** The baseline: the platform's own way to note a name with details. */
  readonly performanceMark: number;
}

/** Blocks of 25 calls. */
const BLOCKS = orShort(400, 4);

/** Loads a page once, in a new context, and calls. Nothing is sent while the clock runs. */
export async function measureCalls(browser: Browser, url: string): Promise<Calls> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url, { waitUntil: "load" });
    return await page.evaluate(async (count) => {
      const { trackAction, flush } = window.metrics!;
      // No network: what its answers cost is not the calls' cost.
      window.fetch = async () => new Response(null, { status: 204 });
      const rest = () => new Promise((resolve) => setTimeout(resolve));

      /** Blocks that are smaller than a batch, which leaves after each. */
      async function microsPerCall(blocks: number, size: number, call: (n: number) => void): Promise<number> {
        let micros = 0;
        for (let block = 0; block < blocks; block += 1) {
          const start = performance.now();
          for (let n = 0; n < size; n += 1) call(n);
          micros += (performance.now() - start) * 1000;
          flush();
          performance.clearMarks();
          await rest();
        }
        return micros / (blocks * size);
      }

      flush();
      await rest();
      return {
        same: await microsPerCall(count, 25, () =>
          trackAction("add_to_cart", { category: "books", position: 3 }),
        ),
        distinct: await microsPerCall(count, 25, (n) =>
          trackAction("add_to_cart", { category: "books", position: n }),
        ),
        performanceMark: await microsPerCall(count, 25, (n) =>
          performance.mark("add_to_cart", { detail: { category: "books", position: n } }),
        ),
      };
    }, BLOCKS);
  } finally {
    await context.close();
  }
}
