import type { Browser } from "playwright-core";
import { expect } from "vitest";
import { changesOfVisits, type Scraped, scrape } from "./scrape.ts";

/** Names as they stand in an address, and as a page shows them. */
const NAMES = { "@bob": "@bob", "J%C3%BCrgen": "Jürgen", "a:100%25": "a:100%" };

/**
 * Visits paths of the App Router's test app that are hard to name, then one that redirects, one that is not found and one
 * that breaks, each below a `MetricsErrorBoundary`; all by a load, and by a navigation in the page.
 */
export async function visitNextPaths(browser: Browser, origin: string): Promise<void> {
  const collector: Scraped = { request: (path) => fetch(origin + path) };
  const before = await scrape(collector);
  const page = await browser.newPage();
  const shows = (text: string) =>
    page.waitForFunction(
      (shown) => window.walk && document.querySelector("output")?.textContent === shown,
      text,
    );
  const visits: [path: string, text: string][] = [
    ...Object.entries(NAMES).map(([path, name]): [string, string] => [`/u/${path}`, `/u/${name}`]),
    ["/steer/away", "/u/redirected"],
    ["/steer/missing", "not found"],
    ["/steer/broken", "caught"],
  ];
  for (const [path, text] of visits) {
    await page.goto(origin + path);
    await shows(text);
    await page.evaluate(() => void window.walk!.go("/"));
    await shows("/");
    await page.evaluate((to) => void window.walk!.go(to), path);
    await shows(text);
  }
  await page.goto("about:blank");
  const count = async () => {
    const counted = changesOfVisits(before, await scrape(collector), /^rum_(page_views|js_errors)_total/);
    // Next.js shows a path for a moment before it follows a redirect.
    delete counted['rum_page_views_total{route="/steer/:how"}'];
    return counted;
  };
  await expect.poll(count).toEqual({
    'rum_page_views_total{route="/"}': visits.length,
    // Two visits each, and two redirects to another one.
    'rum_page_views_total{route="/u/:name"}': 2 * Object.keys(NAMES).length + 2,
    // What broke, and neither redirect nor "not found".
    'rum_js_errors_total{route="/steer/:how",source="react"}': 2,
  });
  await page.close();
}
