/** Things that must never happen on a page, in a real Chromium. */
import { defineCatalog } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { launchChromium } from "../support/chromium.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { idle, observed, timers } from "../support/pageTime.ts";
import { leave, settled, watch } from "../support/visits.ts";

const catalog = defineCatalog({
  app: "safety",
  routes: ["/", "/account/:id"],
  actions: { step: { help: "Steps." } },
});

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());
afterEach(() => server.stop());

/** Every source there is, those that patch too. */
const EVERYTHING = `
  import { apiCalls, consoleErrors, createMetrics, funnels } from "@rumkit/browser";
  const start = (url) => createMetrics({ url, sources: [apiCalls(), consoleErrors(), funnels()] });`;

const newPage = async (): Promise<Page> => (await watch(await browser.newContext())).newPage();

async function open(page: Page, path = "/"): Promise<Page> {
  await page.goto(`${server.origin}${path}`);
  return page;
}

describe("secrets", () => {
  test("that are typed, shown, or in an address stay in the page", async () => {
    const secret = "hunter2-4111111111111111";
    server = await startPageServer(
      catalog,
      `${EVERYTHING} globalThis.metrics = start("/collect");`,
      {},
      {
        body: `<title>${secret}</title>
        <form data-rum-form=account id=${secret} onsubmit="event.preventDefault()">
          <input name=text value=${secret}><input type=password><textarea></textarea>
          <select><option value=${secret}>${secret}</option></select>
          <div contenteditable>Edit</div>
          <label>${secret}<input type=checkbox value=${secret}></label>
          <button id=${secret} class=${secret} title=${secret} aria-label=${secret}>${secret}</button>
        </form>`,
        routes: (app) => app.get("/api/*", (c) => c.json({ secret })),
      },
    );
    const page = await open(await newPage(), `/account/7?token=${secret}#${secret}`);
    await page.locator("[name=text]").fill(secret);
    await page.locator("[type=password]").fill(secret);
    await page.locator("textarea").pressSequentially(secret);
    await page.locator("select").selectOption({ index: 0 });
    await page.locator("[contenteditable]").fill(secret);
    await page.locator("[type=checkbox]").check();
    await page.locator("button").click({ clickCount: 3, delay: 20 });
    await page.locator("[name=text]").press("Enter");
    await page.evaluate(async (text) => {
      await fetch(`/api/search?q=${text}`);
      history.pushState({ text }, "", `/account/8?q=${text}#${text}`);
      sessionStorage.setItem("other", text);
      reportError(new Error(`GET https://shop.example/pay?card=${text} failed`));
      document.cookie = `session=${text}`;
    }, secret);
    // The browser's report of it, and work that waits for an idle moment.
    await observed(page, "resource", "/api/search");
    await timers(page);
    await idle(page);
    await leave(page);
    expect(server.bodies.length).toBeGreaterThan(0);
    for (const body of server.bodies) expect(body).not.toContain("hunter2");
    // All of it was there to be read: the clicks, the form, the call and the error were counted.
    const counted = changesOfVisits(
      new Map(),
      await scrape(server.collector.app),
      /^rum_(form_submissions_total|js_errors_total|clicks_total)/,
    );
    expect(counted).toMatchObject({
      'rum_form_submissions_total{form="account"}': expect.any(Number),
      'rum_js_errors_total{route="/account/:id",source="uncaught"}': 1,
    });
  });
});

describe("a strict Content-Security-Policy", () => {
  test("needs no exception: no inline script, no eval, nothing injected, one address", async () => {
    server = await startPageServer(
      catalog,
      `${EVERYTHING} globalThis.metrics = start("/collect");`,
      {},
      {
        headers: {
          "content-security-policy":
            "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:; require-trusted-types-for 'script'; trusted-types 'none'",
        },
      },
    );
    const page = await newPage();
    const problems: string[] = [];
    page.on("console", (message) => problems.push(message.text()));
    page.on("pageerror", (error) => problems.push(String(error)));
    await open(page);
    const nodes = await page.evaluate(() => document.querySelectorAll("*").length);
    await page.evaluate("metrics.trackAction('step')");
    await page.locator("h1").click();
    await timers(page);
    await idle(page);
    expect(await page.evaluate(() => document.querySelectorAll("*").length)).toBe(nodes);
    await leave(page);
    expect(problems).toEqual([]);
    expect(
      await scrape(server.collector.app).then((all) => all.get('rum_actions_total{action="step"}')),
    ).toBe(1);
  });
});

describe("two instances", () => {
  test("on one page count the same, apart, and each undoes only its own", async () => {
    server = await startPageServer(
      catalog,
      `${EVERYTHING} globalThis.both = [start("/collect"), start("/collect")];`,
    );
    const page = await open(await newPage());
    const before = await page.evaluate(`[fetch, console.error, XMLHttpRequest.prototype.open].map(String)`);
    await page.evaluate(`both.forEach((metrics) => metrics.trackAction("step"))`);
    await page.evaluate(`both[0].stop()`);
    await page.evaluate(`history.pushState(null, "", "/account/1")`);
    await page.evaluate(`both[1].trackAction("step"); both[0].trackAction("step"); both[1].stop()`);
    const after = await page.evaluate(`[fetch, console.error, XMLHttpRequest.prototype.open].map(String)`);
    await leave(page);
    expect(before).not.toEqual(after);
    expect((after as string[]).every((text) => text.includes("[native code]"))).toBe(true);
    const counted = changesOfVisits(
      new Map(),
      await scrape(server.collector.app),
      /^rum_(actions|page_views|sessions|events_dropped)_total/,
    );
    // One session; each client saw the load, and only the second the change of the path.
    expect(counted).toEqual({
      rum_sessions_total: 1,
      'rum_actions_total{action="step"}': 3,
      'rum_page_views_total{route="/"}': 2,
      'rum_page_views_total{route="/account/:id"}': 1,
    });
  });
});

describe("a page that cannot be counted", () => {
  test.each([
    [
      "denies storage",
      "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } }); Object.defineProperty(window, 'sessionStorage', { get() { throw new Error('denied'); } });",
    ],
    [
      "has no fetchLater, no beacon, no Navigation API",
      "delete window.fetchLater; Navigator.prototype.sendBeacon = undefined; delete window.navigation;",
    ],
  ])("because it %s is counted all the same", async (_what, script) => {
    server = await startPageServer(catalog, `${EVERYTHING} globalThis.metrics = start("/collect");`);
    const context = await watch(await browser.newContext());
    await context.addInitScript(script);
    const page = await open(await context.newPage());
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.evaluate("metrics.trackAction('step'); history.pushState(null, '', '/account/1')");
    await leave(page);
    expect(faults).toEqual([]);
    expect(
      changesOfVisits(
        new Map(),
        await scrape(server.collector.app),
        /^rum_(actions|page_views|events_dropped)_total/,
      ),
    ).toEqual({
      'rum_actions_total{action="step"}': 1,
      'rum_page_views_total{route="/"}': 1,
      'rum_page_views_total{route="/account/:id"}': 1,
    });
    await context.close();
  });

  test("because its collector is away is counted on the next visit, once", async () => {
    server = await startPageServer(catalog, `${EVERYTHING} globalThis.metrics = start("/collect");`);
    const context = await watch(await browser.newContext());
    const page = await open(await context.newPage());
    let isAway = true;
    await context.route("**/collect", (route) => (isAway ? route.abort() : route.continue()));
    // Not the batches: those of the page's own events are stored, too, while that of an action may be in flight.
    const stored = (): Promise<number> =>
      page.evaluate(`Object.values(localStorage).join().split('"step"').length - 1`);
    for (const steps of [1, 2]) {
      await page.evaluate("metrics.trackAction('step'); metrics.flush()");
      await expect.poll(stored).toBe(steps);
    }
    // The page dies without a word.
    await page.goto("chrome://crash").catch(() => {});
    isAway = false;
    const next = await open(await context.newPage());
    await next.evaluate("metrics.flush()");
    await expect.poll(() => next.evaluate("Object.keys(localStorage).length")).toBe(0);
    await settled(next);
    await leave(next);
    const counted = changesOfVisits(new Map(), await scrape(server.collector.app), /^rum_actions_total/);
    expect(counted).toEqual({ 'rum_actions_total{action="step"}': 2 });
    await context.close();
  });
});
