import type { Browser, Page } from "playwright-core";
import { openPage, take, takeAll, takeWall } from "./album.ts";

/** Views of the live page, each with what makes it show more. */
const VIEWS: Readonly<Record<string, (page: Page) => Promise<unknown>>> = {
  overview: (page) => page.locator(".cost").waitFor(),
  business: waitForCharts,
  experience: waitForCharts,
  errors: (page) => page.locator(".errorGroups summary").first().click(),
  backend: waitForCharts,
  events: (page) => page.locator(".eventRow").first().click(),
  refused: nothingMore,
  collector: nothingMore,
};

/** Wall displays, each with its address. */
const WALLS: Readonly<Record<string, string>> = {
  "wall-overview": "kiosk",
  "wall-experience": "view=experience&kiosk",
  "wall-cards":
    "kiosk&cards=conversion_purchase_today,conversion_rate,active_sessions,lcp_p75,errors,request_duration_p95",
};

function waitForCharts(page: Page): Promise<void> {
  return page.locator(".chart canvas").first().waitFor();
}

async function nothingMore(): Promise<void> {}

/** Takes every view of a shop while an objective is missed, the wall display, and the split view of the demo. */
export async function takeViews(browser: Browser, origin: string): Promise<void> {
  await sendFaults(origin);
  const page = await openPage(browser);
  for (const [view, showMore] of Object.entries(VIEWS)) {
    await page.goto(`${origin}/realtime?view=${view}`);
    await page.locator(`main[data-view=${view}]`).waitFor();
    await showMore(page);
    await takeAll(page, view, { until: isFresh });
  }
  await page.goto(`${origin}/realtime?route=/no-such-page`);
  await page.getByText("No data for this filter").first().waitFor();
  await takeAll(page, "no-match", { until: isFresh, isTop: true });
  for (const [name, query] of Object.entries(WALLS)) {
    await page.goto(`${origin}/realtime?${query}`);
    await page.locator("article").first().waitFor();
    await takeWall(page, name, { until: isFresh });
  }
  await page.goto(`${origin}/demo`);
  const live = page.frameLocator("iframe[title='Live page']");
  const until = () => live.locator(".cost").waitFor();
  await take(page, "demo", { width: 1600, height: 1000, most: 1_000, scheme: "light" }, { until });
  await page.close();
}

/** Sends what a collector refuses: a batch of another page, one that cannot be read, and a name that no catalog has. */
async function sendFaults(origin: string): Promise<void> {
  const send = (from: string, body: string) =>
    fetch(`${origin}/collect`, { method: "POST", headers: { origin: from }, body });
  await send("https://elsewhere.example", "{}");
  await send(origin, "no batch");
  const events = [{ type: "action", name: "unheard_of", route: "/" }];
  const batch = { v: 1, id: "b".repeat(32), session: "e".repeat(32), sentAt: Date.now(), events };
  await send(origin, JSON.stringify(batch));
}

/** Waits for numbers that are a second old at most. */
export function isFresh(page: Page): Promise<void> {
  return page.locator(".status[data-connection=live][data-freshness=fresh]").waitFor();
}
