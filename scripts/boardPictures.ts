/** `npm run screenshot:boards`: draws every generated board for docs/boards.md from a real Prometheus that scrapes the shop
 *  through the story of its bad release, and names the panels that are empty. Seven minutes. */
import { setTimeout as wait } from "node:timers/promises";
import { join } from "node:path";
import { launchChromium } from "../test/support/chromium.ts";
import { startPrometheus } from "../test/support/prometheus.ts";
import { reportLongTask } from "../test/support/boards/longTask.ts";
import { startShopWithJournal } from "../test/support/shop.ts";
import { openPage } from "./pictures/album.ts";
import { takeBoards } from "./pictures/boards/takeBoards.ts";
import { visitShop } from "./pictures/visitShop.ts";
import { ROOT } from "./steps.ts";
import { provideBoardPictures } from "./systemSoftware.ts";

/** Seconds of traffic: the bad release, its rollback, and the recovery. */
const TRAFFIC_S = 7 * 60;

/** As many deployments have it. A machine that also runs the browser would miss scrapes of one second. */
const SCRAPES = { scrape_interval: "5s", scrape_timeout: "5s" };

const missing = await provideBoardPictures();
for (const sentence of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);

const shop = await startShopWithJournal(["--story"]);
const prometheus = await startPrometheus(
  shop.origin,
  [join(ROOT, "deploy/generated/rules/shop.yaml")],
  "a",
  SCRAPES,
);
const browser = await launchChromium();
try {
  const from = Date.now() / 1_000;
  const page = await openPage(browser);
  await page.goto(`${shop.origin}/demo`);
  await visitShop(page.frameLocator("iframe[title=Shop]"));
  await page.close();
  while (Date.now() / 1_000 - from < TRAFFIC_S) {
    // A stream of words, which no visitor asks for.
    await (await fetch(`${shop.origin}/api/advice`)).text();
    await reportLongTask(shop.origin);
    await wait(5_000);
  }
  const empty = await takeBoards(browser, prometheus, { from, to: Date.now() / 1_000 });
  console.log(empty.length === 0 ? "No panel is empty." : `Empty panels:\n  ${empty.join("\n  ")}`);
} finally {
  await browser.close();
  await prometheus.stop();
  await shop.stop();
}
