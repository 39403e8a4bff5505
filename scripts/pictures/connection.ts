import { setTimeout as wait } from "node:timers/promises";
import type { Browser } from "playwright-core";
import type { RunningShop } from "../../test/support/shop.ts";
import { openPage, takeAll } from "./album.ts";
import { showing, stale } from "./states.ts";
import { isFresh } from "./views.ts";

/** Milliseconds after the collector's return. */
const AFTER_RETURN_MS = 25_000;

/** Takes a page that is paused, whose collector goes away, and comes back. */
export async function takeConnection(
  browser: Browser,
  shop: RunningShop,
  restart: () => Promise<unknown>,
): Promise<void> {
  const page = await openPage(browser);
  await page.goto(`${shop.origin}/realtime`);
  await page.locator(".cost").waitFor();
  await isFresh(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await takeAll(page, "paused", { until: showing("Paused"), isTop: true });
  await page.getByRole("button", { name: "Resume" }).click();
  await isFresh(page);
  shop.signal("SIGSTOP");
  await takeAll(page, "waiting-for-data", { until: showing("Waiting for data"), isTop: true });
  shop.signal("SIGCONT");
  await isFresh(page);
  await shop.stop();
  await takeAll(page, "disconnected", { until: stale("Disconnected"), isTop: true });
  await restart();
  // A line behind the gap takes some buckets of the chart.
  await isFresh(page);
  await wait(AFTER_RETURN_MS);
  await takeAll(page, "reconnected", { until: isFresh });
  await page.close();
}
