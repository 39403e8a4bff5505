/** `npm run screenshot`: starts the shop with its visitors, waits for the bad release of its story, and takes the
 *  pictures of the README and of docs/live.md while the banner is there. */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { launchChromium } from "../test/support/chromium.ts";
import { startShop } from "../test/support/shop.ts";
import { ROOT } from "./steps.ts";
import { provideSoftware } from "./systemSoftware.ts";

/** Milliseconds that each page is open before its picture: the rollback follows 30 s after the banner. */
const WATCHED_MS = 15_000;

interface Picture {
  /** Name of the file in docs/. */
  readonly file: string;
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme: "light" | "dark";
}

const pictures: readonly Picture[] = [
  { file: "live-page.png", path: "/realtime", width: 1440, height: 1030, colorScheme: "light" },
  { file: "live-page-dark.png", path: "/realtime", width: 1440, height: 1030, colorScheme: "dark" },
  { file: "live-page-phone.png", path: "/realtime", width: 390, height: 844, colorScheme: "light" },
  { file: "live-page-wall.png", path: "/realtime?kiosk", width: 1920, height: 1080, colorScheme: "dark" },
  { file: "demo.png", path: "/demo", width: 1600, height: 1000, colorScheme: "light" },
];

const missing = await provideSoftware();
for (const sentence of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);

const shop = await startShop([]);
const browser = await launchChromium();
console.log(`Watching ${shop.origin}/demo until the story shows the banner, about three minutes …`);
try {
  await until(() => shop.output().includes("Few visitors buy now"));
  await Promise.all(pictures.map(take));
} finally {
  await browser.close();
  await shop.stop();
}

async function take({ file, path, width, height, colorScheme }: Picture): Promise<void> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  await page.goto(`${shop.origin}${path}`);
  const live = path === "/demo" ? page.frameLocator("iframe[title='Live page']") : page;
  await live.locator(".banner").first().waitFor();
  // Time for events to come, also while few visitors buy.
  await wait(WATCHED_MS);
  await page.screenshot({ path: join(ROOT, "docs", file) });
  await page.close();
  console.log(`Wrote docs/${file}`);
}

async function until(isReached: () => boolean): Promise<void> {
  while (!isReached()) await wait(1_000);
}
