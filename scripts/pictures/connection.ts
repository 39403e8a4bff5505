import type { Browser } from "playwright-core";
import type { RunningShop } from "../../test/support/shop.ts";
import { takeAll } from "./album.ts";
import { showing } from "./states.ts";
import { isFresh } from "./views.ts";

/** Takes a page that is paused, whose collector goes away, and comes back. */
export async function takeConnection(
  browser: Browser,
  shop: RunningShop,
  restart: () => Promise<unknown>,
): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${shop.origin}/realtime`);
  await page.locator(".cost").waitFor();
  await isFresh(page);
  await page.getByRole("button", { name: "Pause" }).click();
  await takeAll(page, "paused", { until: showing("Paused") });
  await page.getByRole("button", { name: "Resume" }).click();
  await isFresh(page);
  shop.signal("SIGSTOP");
  await takeAll(page, "waiting-for-data", { until: showing("Waiting for data") });
  shop.signal("SIGCONT");
  await isFresh(page);
  await shop.stop();
  await takeAll(page, "disconnected", { until: showing("Disconnected") });
  await restart();
  await takeAll(page, "reconnected", { until: isFresh });
  await page.close();
}
