/**
 * Exits of a difficult kind, and the storage after them: pages with a service worker that lets requests fall through, frames
 * that are taken out of their page, a collector behind a login, a user who withdraws consent. Real browsers, one server.
 */
import { defineCatalog } from "@rumkit/protocol";
import { basicAuth } from "hono/basic-auth";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { launchChromium } from "../support/chromium.ts";
import type { EnginePage } from "../support/engines/engine.ts";
import { startFirefox } from "../support/engines/firefox.ts";
import { startWebkit } from "../support/engines/webkit.ts";
import { untilElsewhere } from "../support/engines/untilElsewhere.ts";
import { EXITS } from "../support/exits.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { observed } from "../support/pageTime.ts";
import { close, leave, settled, started, watch } from "../support/visits.ts";

const catalog = defineCatalog({
  app: "exits",
  routes: ["/", "/:any"],
  actions: { step: { help: "Steps." } },
});

/** The usual worker of an installable app: its own pages and files, and nothing else. */
const WORKER = `
  addEventListener("install", () => skipWaiting());
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  addEventListener("fetch", (event) => {
    if (event.request.method !== "GET") return;
    event.respondWith(fetch(event.request));
  });`;

const CODE = `
  import { createMetrics } from "@rumkit/browser";
  // A batch leaves after five seconds, which a visit here takes on a busy machine. Here it leaves when the test says.
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (run, ms, ...rest) => (ms === 5_000 ? 0 : setTimeout(run, ms, ...rest));
  const consent = new URLSearchParams(location.search).get("consent");
  globalThis.metrics = createMetrics(consent ? { consent } : {});
  if (location.pathname === "/hurried") {
    metrics.trackAction("step");
    location = "/p1";
  }`;

const CONTROLLED = `navigator.serviceWorker.register("/worker.js").then(() => navigator.serviceWorker.ready)
  .then(() => navigator.serviceWorker.controller || new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve)))
  .then(() => true)`;

let server: PageServer;
/**
 * The gate before everything: a password that the browser knows, or before the collector a login whose session has
 * ended, and which says so by a status or sends its own page.
 */
let login: "none" | "password" | "status" | "page";

beforeEach(async () => {
  login = "none";
  const askForPassword = basicAuth({ username: "mo", password: "secret" });
  server = await startPageServer(
    catalog,
    CODE,
    {},
    {
      routes: (app) => {
        app.get("/worker.js", (c) => c.body(WORKER, 200, { "content-type": "text/javascript" }));
        app.get("/login", (c) => c.html("<h1>Log in</h1>"));
      },
      before: (app) => {
        app.use("*", (c, next) => (login === "password" ? askForPassword(c, next) : next()));
        app.use("/collect", async (c, next) => {
          if (login === "status") return c.text("Log in first.", 401);
          return login === "page" ? c.redirect("/login") : next();
        });
      },
    },
  );
});
afterEach(() => server.stop());

/** The collector's counts of pages. */
async function counted(
  families = /^rum_(actions|batches_rejected|events_rejected|batches_lost)_total/,
): Promise<object> {
  return changesOfVisits(new Map(), await scrape(server.collector.app), families);
}

/** The arrivals of each batch and its events, by the path of their page. */
function came(path: string): object {
  const batches = server.arrivals.filter(({ events }) => events[0]!.route === path);
  const types = batches.flatMap(({ events }) => events.map(({ type }) => type));
  const ids = server.arrivals.map(({ id }) => id);
  return { isTwice: new Set(ids).size < ids.length, types: new Set(types), of: batches.length };
}

const steps = (count: number): object => ({ 'rum_actions_total{action="step"}': count });

// One after the other in one browser, because a start of Firefox takes five seconds of CPU.
describe("a page left before it is painted sends all once, with one request; with a service worker every exit counts", () => {
  async function exit(page: EnginePage, count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const href = `${server.origin}/p${index}`;
      // In a separate task, so that the driver has its answer before the document is gone.
      await page.evaluate(
        `void setTimeout(() => { metrics.trackAction("step"); location = "/p${index + 1}"; })`,
      );
      await untilElsewhere(page, href);
      await expect.poll(() => page.evaluate("typeof metrics")).toBe("object");
    }
  }

  test.for([
    { engine: "Firefox", start: startFirefox },
    { engine: "WebKit", start: startWebkit },
  ])("in $engine", async ({ start }) => {
    const engine = await start();
    const hurried = await engine.open(`${server.origin}/hurried`);
    await untilElsewhere(hurried, `${server.origin}/hurried`);
    await expect.poll(() => came("/hurried")).toMatchObject({ isTwice: false, of: 1 });
    await expect.poll(() => counted()).toEqual(steps(1));

    const page = await engine.open(`${server.origin}/p0`);
    await page.evaluate(CONTROLLED);
    await exit(page, EXITS);
    await expect.poll(() => counted()).toEqual(steps(1 + EXITS));
    // Nothing is on its way from a browser that has ended.
    await engine.quit();
    expect(came("/hurried")).toMatchObject({ of: 1 });
    expect((came("/hurried") as { types: unknown }).types).toContain("page_view");
    expect(await counted()).toEqual(steps(1 + EXITS));
  });
});

describe("Chromium", () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    context = await watch(await browser.newContext());
    page = await context.newPage();
  });
  afterEach(() => context.close());

  /** Not the batches: the page's own events may be in one before, or in one after. */
  const storedSteps = (count: number): Promise<void> =>
    expect
      .poll(() => page.evaluate(`Object.values(localStorage).join().split('"step"').length - 1`))
      .toBe(count);

  describe("a page sends all once, with one request on its exit", () => {
    /** As a tab that is opened in the background: nothing reports a paint. */
    const inBackground = (): Promise<unknown> =>
      page.addInitScript(`{
        const types = PerformanceObserver.supportedEntryTypes.filter((type) => type !== "largest-contentful-paint");
        Object.defineProperty(PerformanceObserver, "supportedEntryTypes", { value: types });
      }`);

    test.each([
      { when: "before it is painted", path: "/hurried", vitals: ["TTFB"] },
      { when: "once it is painted", path: "/p0", vitals: ["TTFB", "FCP", "LCP", "CLS"] },
      {
        when: "in the background, before its client has started",
        path: "/hurried",
        isHidden: true,
        vitals: ["TTFB"],
      },
      { when: "in the background", path: "/p0", isHidden: true, vitals: ["TTFB"] },
    ])("$when", async ({ path, isHidden, vitals }) => {
      if (isHidden) await inBackground();
      await page.goto(`${server.origin}${path}`);
      if (path === "/p0") {
        // A client starts after a second, too, which a busy machine may need until it paints.
        if (!isHidden) await observed(page, "largest-contentful-paint");
        await started(page);
        await page.evaluate(`metrics.trackAction("step")`);
        await page.goto(`${server.origin}/p1`);
      } else await page.waitForURL(`${server.origin}/p1`);
      await leave(page);
      expect(came(path)).toMatchObject({ isTwice: false, of: 1 });
      expect([...(came(path) as { types: Set<string> }).types]).toEqual(
        expect.arrayContaining(["page_view", "action", ...vitals]),
      );
      expect(await counted()).toEqual(steps(1));
    });

    test("also when it comes back from the back-forward cache, and leaves again", async () => {
      await page.goto(`${server.origin}/p0`);
      await started(page);
      await page.goto(`${server.origin}/p1`);
      await page.goBack();
      await page.evaluate(`metrics.trackAction("step")`);
      await leave(page);
      expect(came("/p0")).toMatchObject({ isTwice: false });
      expect(await counted()).toEqual(steps(1));
    });
  });

  test("with such a worker every exit counts once, also the last of a visit, and none is refused", async () => {
    const own = await launchChromium();
    page = await own.newPage();
    await page.addInitScript(`{
      const { fetchLater } = globalThis;
      globalThis.fetchLater = (url, request) => {
        globalThis.held = request.body;
        return fetchLater(url, request);
      };
    }`);
    await page.goto(`${server.origin}/p0`);
    await page.evaluate(CONTROLLED);
    for (let exit = 0; exit < EXITS; exit += 1) {
      await page.evaluate(`metrics.trackAction("step")`);
      await page.goto(`${server.origin}/p${exit + 1}`);
    }
    await page.evaluate(`metrics.trackAction("step")`);
    // A busy machine may be later than the half second that Chromium gives a closed tab: then it sends what it holds.
    await expect.poll(() => page.evaluate("globalThis.held")).toContain('"step"');
    await page.close();
    await expect.poll(() => counted()).toEqual(steps(EXITS + 1));
    // Nothing is on its way from a browser that has ended.
    await own.close();
    expect(await counted()).toEqual(steps(EXITS + 1));
  });

  test("a frame that is taken out of its page sends its last batch once", async () => {
    await page.goto(`${server.origin}/p0`);
    for (let frame = 0; frame < EXITS; frame += 1) {
      await page.evaluate(async () => {
        const element = document.createElement("iframe");
        element.src = "/frame";
        document.body.append(element);
        await new Promise((resolve) => element.addEventListener("load", resolve));
        const inner = element.contentWindow as unknown as Window & {
          metrics: { trackAction: (name: string) => void };
          holdsBatch: () => boolean;
        };
        inner.metrics.trackAction("step");
        while (!inner.holdsBatch()) await new Promise((resolve) => inner.setTimeout(resolve, 10));
        inner.metrics.trackAction("step");
        element.remove();
      });
    }
    await leave(page);
    expect(await counted()).toEqual(steps(2 * EXITS));
  });

  test("behind a password that the browser knows every event counts", async () => {
    login = "password";
    await page.goto(`${server.origin.replace("//", "//mo:secret@")}/p0`);
    // From an address with a password in it no request of a page can start.
    await page.goto(`${server.origin}/p1`);
    await page.evaluate(`metrics.trackAction("step"); metrics.flush()`);
    await settled(page);
    expect(await counted()).toEqual(steps(1));
  });

  test.each(["status", "page"] as const)(
    "a login that answers with a %s loses nothing: the batch waits",
    async (kind) => {
      await page.goto(`${server.origin}/p0`);
      login = kind;
      await page.evaluate(`metrics.trackAction("step"); metrics.flush()`);
      await storedSteps(1);
      expect(await counted()).toEqual({});
      login = "none";
      await page.goto(`${server.origin}/p1`);
      await page.evaluate("metrics.flush()");
      await storedSteps(0);
      await settled(page);
      expect(await counted()).toEqual(steps(1));
    },
  );

  test("nothing is stored or sent before consent, and nothing is left after its withdrawal", async () => {
    const stored = (): Promise<unknown> =>
      page.evaluate(async () => ({
        local: Object.keys(localStorage),
        session: Object.keys(sessionStorage),
        cookies: document.cookie,
        databases: (await indexedDB.databases()).map(({ name }) => name),
        caches: globalThis.isSecureContext ? await caches.keys() : [],
      }));
    const nothing = { local: [], session: [], cookies: "", databases: [], caches: [] };
    await page.goto(`${server.origin}/p0?consent=unknown`);
    await page.evaluate(`metrics.trackAction("step"); metrics.flush()`);
    expect(await stored()).toEqual(nothing);
    expect(server.bodies).toEqual([]);

    login = "page";
    await page.evaluate(`metrics.setConsent("granted"); metrics.flush()`);
    await storedSteps(1);
    expect(await stored()).toMatchObject({
      session: [expect.stringContaining("rumkit")],
      cookies: "",
      databases: [],
      caches: [],
    });

    await page.evaluate(
      `metrics.trackAction("step"); metrics.setConsent("denied"); metrics.trackAction("step")`,
    );
    expect(await stored()).toEqual(nothing);
    const tries = server.requests.length;
    login = "none";
    await page.goto(`${server.origin}/p1?consent=denied`);
    expect(await stored()).toEqual(nothing);
    // What the withdrawal has taken back has no answer.
    await close(page);
    expect(await counted()).toEqual({});
    expect(server.requests.slice(tries).filter((request) => request.startsWith("POST"))).toEqual([]);
  });
});
