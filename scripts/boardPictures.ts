/** `npm run screenshot:boards`: draws every generated board for docs/boards.md from a real Prometheus that scrapes the shop
 *  through the story of its bad release, and names the panels that are empty. Seven minutes. */
import { setTimeout as wait } from "node:timers/promises";
import { join } from "node:path";
import { launchChromium } from "../test/support/chromium.ts";
import { startPrometheus } from "../test/support/prometheus.ts";
import { startShop } from "../test/support/shop.ts";
import { takeBoards } from "./pictures/boards/takeBoards.ts";
import { ROOT } from "./steps.ts";
import { provideBoardPictures } from "./systemSoftware.ts";

/** Milliseconds of traffic: the bad release, its rollback, and the recovery. */
const TRAFFIC_MS = 7 * 60_000;

const missing = await provideBoardPictures();
for (const sentence of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);

const shop = await startShop(["--story"]);
const prometheus = await startPrometheus(shop.origin, [join(ROOT, "deploy/generated/rules/shop.yaml")]);
const browser = await launchChromium();
try {
  const from = Date.now() / 1_000;
  await wait(TRAFFIC_MS);
  const empty = await takeBoards(browser, prometheus, { from, to: Date.now() / 1_000 });
  console.log(empty.length === 0 ? "No panel is empty." : `Empty panels:\n  ${empty.join("\n  ")}`);
} finally {
  await browser.close();
  await prometheus.stop();
  await shop.stop();
}
