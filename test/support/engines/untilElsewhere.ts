import { setTimeout as wait } from "node:timers/promises";
import type { EnginePage } from "./engine.ts";

/**
 * Waits until a tab shows another document than the one at this address, completely. Not by the driver's own
 * means: a document from the back-forward cache loads nothing, and not every driver hears of it.
 */
export async function untilElsewhere(page: Pick<EnginePage, "evaluate">, href: string): Promise<void> {
  const isElsewhere = `location.href !== ${JSON.stringify(href)} && document.readyState === "complete"`;
  for (let tries = 0; tries < 8_000; tries += 1) {
    // Between two documents no page can answer.
    if (await page.evaluate<boolean>(isElsewhere).catch(() => false)) return;
    await wait(25);
  }
  throw new Error(`The tab stays at ${href}.`);
}
