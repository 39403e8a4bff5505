/** `npm run record`: plays the story of the demo in its split view, with a visitor who clicks in the shop, and writes
 *  docs/pictures/demo-recording.webp: nine minutes in half a minute. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Page } from "playwright-core";
import { launchChromium } from "../test/support/chromium.ts";
import { startShop } from "../test/support/shop.ts";
import { PATIENCE_MS } from "./pictures/album.ts";
import { visitShop } from "./pictures/visitShop.ts";
import { ROOT } from "./steps.ts";
import { providePictures } from "./systemSoftware.ts";

const FILE = join(ROOT, "docs/pictures/demo-recording.webp");

/** CSS pixels of the page, and pixels of the recording for each: the live page has four cards in a row. */
const PAGE = { width: 1520, height: 960, scale: 0.64 };

/** Bytes at most: a README is often read over a phone's connection. */
const MOST_BYTES = 2_000_000;

/** Of WebP, 0 to 100. */
const QUALITY = "60";

/** Milliseconds of each frame of the recording. */
const SHOWN_MS = 200;

/** Seconds between two frames: fewer before the story, and of the five minutes in which the banner stays at its end. */
const STEPS = [
  { until: "goes out, with reviews", seconds: 4 },
  { until: "Visitors buy again", seconds: 2 },
  { until: "End of the story", seconds: 10 },
] as const;

const missing = await providePictures();
for (const sentence of missing) console.error(sentence);
if (missing.length > 0) process.exit(1);

const folder = mkdtempSync(join(tmpdir(), "rumkit-recording-"));
// It plays the story after two minutes: time to buy something before.
const shop = await startShop([]);
const browser = await launchChromium();
try {
  const { width, height, scale } = PAGE;
  const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(`${shop.origin}/demo`);
  await page.frameLocator("iframe[title='Live page']").locator(".hero").waitFor();
  const [frames] = await Promise.all([film(page), visitShop(page.frameLocator("iframe[title=Shop]"))]);
  encode(frames);
} finally {
  await browser.close();
  await shop.stop();
  rmSync(folder, { recursive: true });
}

/** Takes frames until the story ends, and a last one of what remains. */
async function film(page: Page): Promise<string[]> {
  const frames: string[] = [];
  const shoot = async (): Promise<void> => {
    const file = join(folder, `${String(frames.length).padStart(4, "0")}.png`);
    writeFileSync(file, await page.screenshot());
    frames.push(file);
  };
  for (const { until, seconds } of STEPS) {
    while (!shop.output().includes(until)) await Promise.all([shoot(), wait(seconds * 1_000)]);
  }
  await wait(5_000);
  await shoot();
  return frames;
}

function encode(frames: readonly string[]): void {
  const args = ["-loop", "0", "-min_size", "-lossy", "-q", QUALITY, "-m", "4", "-d", String(SHOWN_MS)];
  // The last frame stays for a while: it shows that the numbers have recovered.
  const last = ["-d", "3000", frames.at(-1)!];
  const { status, stderr } = spawnSync(process.env["IMG2WEBP_PATH"]!, [
    ...args,
    ...frames.slice(0, -1),
    ...last,
    "-o",
    FILE,
  ]);
  if (status !== 0) throw new Error(`img2webp failed: ${stderr.toString()}`);
  const { size } = statSync(FILE);
  console.log(`Wrote ${FILE}: ${frames.length} frames, ${size} bytes`);
  if (size > MOST_BYTES) throw new Error(`The recording has ${size} bytes, more than ${MOST_BYTES}.`);
}
