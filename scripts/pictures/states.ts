import type { LiveLink } from "@rumkit/protocol";
import type { AccessOptions } from "@rumkit/server";
import type { Browser, Page } from "playwright-core";
import { openPage, takeAll } from "./album.ts";
import { startSmallShop } from "./smallShop.ts";

const LIVE_TOKEN = "a-token-for-the-pictures-only";

const PROTECTED: AccessOptions = {
  open: ["collect", "metrics"],
  tokens: [{ name: "pictures", secret: LIVE_TOKEN, scopes: ["live"] }],
};

/** Streams of one address that a collector accepts: `packages/server/src/live/viewerLimits.ts`. */
const MOST_VIEWERS = 50;

/** Takes what a page shows before its first event, at it, and with a single view of a page. */
export async function takeFirstRun(browser: Browser): Promise<void> {
  const shop = await startSmallShop();
  const page = await openPage(browser);
  await page.goto(`${shop.origin}/realtime`);
  await page.getByRole("heading", { name: "Waiting for the first event" }).waitFor();
  await takeAll(page, "first-run");
  await send(shop.origin);
  await page.getByRole("heading", { name: "The first event has arrived" }).waitFor();
  await takeAll(page, "first-event");
  await page.locator(".hero").waitFor();
  await takeAll(page, "one-view");
  await page.close();
  await shop.close();
}

/** The batch of a page that was viewed once. */
async function send(origin: string): Promise<void> {
  const events = [
    { type: "session_start", route: "/", device: "desktop", browser: "firefox" },
    { type: "page_view", route: "/", navigation: "hard" },
    { type: "LCP", value: 1.24, route: "/" },
  ];
  const batch = { v: 1, id: "a".repeat(32), session: "f".repeat(32), sentAt: Date.now(), events };
  await fetch(`${origin}/collect`, { method: "POST", headers: { origin }, body: JSON.stringify(batch) });
}

/** Takes the field for a token, and the answer to a wrong one. */
export async function takeDenials(browser: Browser): Promise<void> {
  const shop = await startSmallShop(PROTECTED);
  const page = await openPage(browser);
  await page.goto(`${shop.origin}/realtime`);
  const field = page.locator("#token");
  await field.waitFor();
  await takeAll(page, "token-needed");
  await field.fill("not-the-token");
  await field.press("Enter");
  await page.locator("[aria-invalid=true]").waitFor();
  await takeAll(page, "wrong-token");
  await page.close();
  await shop.close();
}

/** Seconds of the shortest link that a collector makes: `packages/server/src/access/shareRoute.ts`. */
const SHORTEST_LINK = 60;

/** Takes the page of a viewer who came by a read-only link, that of a link which has ended, and of one that was altered. */
export async function takeLinks(browser: Browser): Promise<void> {
  const shop = await startSmallShop(PROTECTED);
  await shop.open();
  const token = await makeLink(shop.origin);
  const page = await openPage(browser);
  await page.goto(`${shop.origin}/realtime#token=${token}`);
  await page.locator(".hero").waitFor();
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await page.locator(".share:popover-open").waitFor();
  await takeAll(page, "read-only-link", { until: showing("Live") });
  await page.getByText("This link ended on").waitFor();
  await takeAll(page, "link-ended");
  await page.close();
  const forged = await openPage(browser);
  await forged.goto(`${shop.origin}/realtime#token=${token.replace(/.{5}$/, "xxxxx")}`);
  await forged.getByText("This link is not valid.").waitFor();
  await takeAll(forged, "link-not-valid");
  await forged.close();
  await shop.close();
}

async function makeLink(origin: string): Promise<string> {
  const answer = await fetch(`${origin}/realtime/share?seconds=${SHORTEST_LINK}`, {
    method: "POST",
    headers: { authorization: `Bearer ${LIVE_TOKEN}` },
  });
  return ((await answer.json()) as LiveLink).token;
}

/** Takes the page of a viewer for whom there is no place, and that of a viewer whose collector stops. */
export async function takeRefusals(browser: Browser): Promise<void> {
  const shop = await startSmallShop();
  await shop.open();
  const page = await openPage(browser);
  await page.goto(`${shop.origin}/realtime`);
  await page.locator(".hero").waitFor();
  const others = await Promise.all(
    Array.from({ length: MOST_VIEWERS - 1 }, () => fetch(`${shop.origin}/realtime/metrics`)),
  );
  const late = await openPage(browser);
  await late.goto(`${shop.origin}/realtime`);
  await takeAll(late, "too-many-viewers", { until: showing("Too many viewers") });
  await late.close();
  await Promise.all(others.map(async ({ body }) => body?.cancel()));
  await shop.stopCollector();
  await takeAll(page, "collector-stopping", { until: showing("Collector stopping") });
  await page.close();
  await shop.close();
}

/** Waits for the collector's frames to be old: the numbers have lost their color. */
export function stale(word: string): (page: Page) => Promise<void> {
  return async (page) => {
    await showing(word)(page);
    await page.locator(".status[data-freshness=stale]").waitFor();
  };
}

/** Waits for a state that the page names. */
export function showing(word: string): (page: Page) => Promise<void> {
  return (page) => page.locator(".statusWord", { hasText: word }).waitFor();
}
