/** `npm run screenshot`: takes every view and state of the live page for docs/live-states.md. It starts the shop with its
 *  visitors, waits for the bad release of its story, and meanwhile takes what needs no shop. Four minutes. */
import { setTimeout as wait } from "node:timers/promises";
import { launchChromium } from "../test/support/chromium.ts";
import { startShop } from "../test/support/shop.ts";
import { takeAlerts } from "./pictures/alerts.ts";
import { takeConnection } from "./pictures/connection.ts";
import { takeDenials, takeFirstRun, takeLinks, takeRefusals } from "./pictures/states.ts";
import { takeViews } from "./pictures/views.ts";
import { providePictures } from "./systemSoftware.ts";

/** Milliseconds from the banner to the pictures, for orders and errors of the bad release. Its rollback comes after 30 s. */
const INTO_THE_STORY_MS = 20_000;

const missing = await providePictures();
for (const sentence of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);

const shop = await startShop(["--story"]);
const browser = await launchChromium();
let second: Awaited<ReturnType<typeof startShop>> | undefined;
try {
  await takeFirstRun(browser);
  await takeDenials(browser);
  await takeLinks(browser);
  await takeRefusals(browser);
  await takeAlerts(browser);
  while (!shop.output().includes("Few visitors buy now")) await wait(1_000);
  await wait(INTO_THE_STORY_MS);
  await takeViews(browser, shop.origin);
  await takeConnection(browser, shop, async () => {
    second = await startShop(["--no-story"], Number(new URL(shop.origin).port));
  });
} finally {
  await browser.close();
  await shop.stop();
  await second?.stop();
}
