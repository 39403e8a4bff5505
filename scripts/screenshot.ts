/** `npm run screenshot`: starts the shop with its visitors, waits until the charts have something to say, and
 *  takes the pictures of the README. */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { launchChromium } from "../test/support/chromium.ts";
import { startShop } from "../test/support/shop.ts";
import { ROOT } from "./steps.ts";
import { provideSoftware } from "./systemSoftware.ts";

/** Seconds of a demo that a newcomer watches before saying that it works. */
const WATCHED_SECONDS = 150;

const missing = await provideSoftware();
for (const sentence of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);

const shop = await startShop([]);
const browser = await launchChromium();
console.log(`Watching ${shop.origin}/realtime for ${WATCHED_SECONDS} s …`);
await wait(WATCHED_SECONDS * 1000);
for (const colorScheme of ["light", "dark"] as const) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 }, colorScheme });
  await page.goto(`${shop.origin}/realtime`);
  // Two frames of the stream, so that the charts are drawn with what is current.
  await wait(2_500);
  const path = join(ROOT, `docs/live-page${colorScheme === "dark" ? "-dark" : ""}.png`);
  await page.screenshot({ path });
  console.log(`Wrote ${path.slice(ROOT.length + 1)}`);
}
await browser.close();
await shop.stop();
