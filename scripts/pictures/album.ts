import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { ROOT } from "../steps.ts";

/** The folder of all pictures of the documentation. */
const FOLDER = join(ROOT, "docs/pictures");

/** Milliseconds that a page has for what is waited for: the machine may be busy. */
export const PATIENCE_MS = 120_000;

/** Of WebP, 0 to 100. Below it, small text on a dark ground gets a halo; on a light one it stays sharp with less. */
const QUALITY = { dark: "82", light: "72" } as const;

/** Of a picture of several screens, which stays below 200 kB with it. */
const TALL_QUALITY = "38";

/** A laptop, and a phone. A picture shows the whole page, up to `most` CSS pixels. */
const SCREENS = [
  { width: 1440, height: 900, most: 1_500 },
  { width: 390, height: 844, most: 2_000 },
] as const;

const SCHEMES = ["light", "dark"] as const;

/** A wall display: full HD, as most large screens. */
const WALL = { width: 1920, height: 1080, most: 1_080 };

/** One picture. */
interface Shot {
  readonly width: number;
  readonly height: number;
  /** Height of the picture at most, in CSS pixels. */
  readonly most: number;
  readonly scheme: "light" | "dark";
  /** Of WebP, 0 to 100. Default 82. */
  readonly quality?: string;
}

export interface AlbumOptions {
  /** Resolves when the page shows what the picture is about. Called after each change of its size or colors. */
  readonly until?: (page: Page) => Promise<unknown>;
  /** True for a state that the top of the page shows: the picture ends with the screen. Default the whole page. */
  readonly isTop?: boolean;
}

/** Opens a page that waits patiently. */
export async function openPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  return page;
}

/** Takes a state of the page in its four forms: dark and light, wide and narrow. */
export async function takeAll(page: Page, name: string, options: AlbumOptions = {}): Promise<void> {
  const pictures: Picture[] = [];
  for (const screen of SCREENS)
    for (const scheme of SCHEMES) {
      const most = options.isTop ? screen.height : screen.most;
      pictures.push(await photograph(page, { ...screen, most, scheme }, options));
    }
  // Encoded at the end: some states last for seconds only.
  for (const picture of pictures) write(name, picture);
}

/** Takes a wall display, dark and light. */
export async function takeWall(page: Page, name: string, options: AlbumOptions = {}): Promise<void> {
  for (const scheme of SCHEMES) await take(page, name, { ...WALL, scheme }, options);
}

/** Takes one picture. */
export async function take(page: Page, name: string, shot: Shot, options: AlbumOptions = {}): Promise<void> {
  write(name, await photograph(page, shot, options));
}

/** Takes one dark picture of a whole page of this width. */
export function takeHeight(page: Page, name: string, width: number): Promise<void> {
  return take(page, name, { width, height: 300, most: 6_000, scheme: "dark", quality: TALL_QUALITY });
}

interface Picture extends Shot {
  readonly png: Buffer;
}

async function photograph(page: Page, shot: Shot, { until }: AlbumOptions): Promise<Picture> {
  const { width, height, most, scheme } = shot;
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  await until?.(page);
  // Charts follow the size of their box in the frame after it.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  const clip = { x: 0, y: 0, width, height: Math.min(most, Math.max(height, whole)) };
  return { ...shot, png: await page.screenshot({ fullPage: true, clip }) };
}

/** Writes `docs/pictures/<name>-<width>-<scheme>.webp`. */
function write(name: string, { png, width, scheme, quality = QUALITY[scheme] }: Picture): void {
  const file = `${name}-${width}-${scheme}.webp`;
  mkdirSync(FOLDER, { recursive: true });
  const { status, stdout, stderr } = spawnSync(
    process.env["CWEBP_PATH"]!,
    ["-quiet", "-q", quality, "-m", "6", "-sharp_yuv", "-o", "-", "--", "-"],
    { input: png, maxBuffer: 2 ** 24 },
  );
  if (status !== 0) throw new Error(`cwebp failed: ${stderr.toString()}`);
  writeFileSync(join(FOLDER, file), stdout);
  console.log(`Wrote docs/pictures/${file}`);
}
