import type { Browser } from "playwright-core";
import { changes, type Scraped, scrape } from "./scrape.ts";
import { idle } from "./pageTime.ts";
import { settled, watch } from "./visits.ts";

/** The counts of a collector: sessions, and page views by route. */
interface Counted {
  readonly sessions: number;
  readonly views: Readonly<Record<string, number>>;
}

/** The truth about the walk. */
export const SIX_VIEWS_THREE_NAMES: Counted = {
  sessions: 1,
  views: { "/": 1, "/users/:id": 4, "/files/*": 1 },
};

/**
 * Walks through the page of an origin: four kinds of navigation, and one that is not a view. Returns what its
 * collector counted.
 *
 * @param metricsOrigin Where the collector shows its metrics, if not at the page's origin.
 */
export async function walkThrough(
  browser: Browser,
  origin: string,
  metricsOrigin = origin,
): Promise<Counted> {
  const collector: Scraped = { request: (path) => fetch(metricsOrigin + path) };
  const before = await scrape(collector);
  const context = await watch(await browser.newContext());
  const page = await context.newPage();
  // What a server rendered is on the screen before it can be walked through.
  const shows = (path: string) =>
    page.waitForFunction(
      (text) => window.walk && document.querySelector("output")?.textContent === text,
      path,
    );

  await page.goto(`${origin}/`);
  await shows("/");
  for (const [path, options] of [
    ["/users/1", {}],
    ["/users/2", {}],
    ["/users/3", { replace: true }],
  ] as const) {
    await page.evaluate(([to, how]) => void window.walk!.go(to, how), [path, options] as const);
    await shows(path);
  }
  await page.evaluate(() => window.walk!.back());
  await shows("/users/1");
  await page.evaluate(() => void window.walk!.go("/files/a/b"));
  await shows("/files/a/b");
  // A change of the query alone is not a view.
  await page.evaluate(() => void window.walk!.go("/files/a/b?sort=name"));
  await page.waitForURL(/sort=name/);
  await idle(page);
  // As when the tab is hidden: all that was counted leaves, and once it is answered the collector has it.
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  await settled(page);
  const counted = changes(before, await scrape(collector), /^rum_(page_views|sessions)_total/);
  await context.close();
  return countedOf(counted);
}

function countedOf(changed: Readonly<Record<string, number>>): Counted {
  const views: Record<string, number> = {};
  let sessions = 0;
  for (const [series, value] of Object.entries(changed)) {
    const route = /route="([^"]*)"/.exec(series)?.[1];
    if (route === undefined) sessions += value;
    else views[route] = (views[route] ?? 0) + value;
  }
  return { sessions, views };
}
