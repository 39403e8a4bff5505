/**
 * Vitals and the views that they are of, in a real Chromium: by its soft navigations and, as in other browsers, without
 * them. One browser, one server; each test has a tab.
 */
import { defineCatalog, type PageEvent } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchShell } from "../support/chromium.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { timers } from "../support/pageTime.ts";
import { leave, started, watch } from "../support/visits.ts";

const catalog = defineCatalog({ app: "views", routes: ["/", "/users/:id", "/cart", "/home", "/login"] });

const body = `<h1>Home</h1><button id=go>Go</button><button id=query>Query</button><button id=quick>Quick</button>
  <button id=slow>Slow</button><script>
  const show = (text) => {
    document.querySelector("h1").remove();
    document.body.insertAdjacentHTML("afterbegin", "<h1 style=font-size:60px>" + text + "</h1>");
  };
  const work = (ms) => { const until = performance.now() + ms; while (performance.now() < until); };
  let next = 0;
  go.onclick = () => { work(30); history.pushState(null, "", "/users/" + ++next); show(next); globalThis.shown?.(); };
  query.onclick = () => { work(30); history.pushState(null, "", "?page=" + ++next); show(next); };
  quick.onclick = () => work(20);
  slow.onclick = () => work(1_000);
  globalThis.clicksTold = 0;
  new PerformanceObserver((list) => { clicksTold += list.getEntriesByName("click").length; })
    .observe({ type: "event", durationThreshold: 16, buffered: true });
  globalThis.before?.();
</script>`;

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  browser = await launchShell();
  server = await startPageServer(
    catalog,
    `import { createMetrics } from "@rumkit/browser";
     import { onCLS, onINP } from "./packages/browser/node_modules/web-vitals/dist/web-vitals.js";
     const own = (globalThis.own = {});
     const options = { reportAllChanges: true, durationThreshold: 16 };
     onINP(({ value }) => (own.INP = value), options);
     onCLS(({ value }) => (own.CLS = value), options);
     globalThis.metrics = createMetrics(globalThis.options);
     globalThis.after?.();`,
    {},
    { body },
  );
});
afterAll(async () => {
  await browser.close();
  await server.stop();
});

interface Visit {
  readonly options?: object;
  /** True if the browser knows soft navigations. */
  readonly isSoftKnown?: boolean;
  /** Runs before the page's script. */
  readonly before?: string;
  /** Runs before the document has anything. */
  readonly atStart?: string;
  readonly path?: string;
}

async function open({
  options = {},
  isSoftKnown = true,
  before = "",
  atStart = "",
  path = "/",
}: Visit = {}): Promise<Page> {
  const context = await watch(await browser.newContext());
  await context.addInitScript(
    `globalThis.options = ${JSON.stringify(options)}; globalThis.before = () => { ${before} }; ${atStart}`,
  );
  if (!isSoftKnown)
    await context.addInitScript(() => {
      const types = PerformanceObserver.supportedEntryTypes.filter((type) => type !== "soft-navigation");
      Object.defineProperty(PerformanceObserver, "supportedEntryTypes", { value: types });
    });
  const page = await context.newPage();
  await page.goto(`${server.origin}${path}`);
  return page;
}

/** Waits until the browser has told of everything so far: entries come after paints, `web-vitals` looks in idle moments. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let rounds = 0;
        const round = (): unknown =>
          rounds++ === 5 ? resolve() : requestAnimationFrame(() => requestIdleCallback(round));
        round();
      }),
  );
}

async function click(page: Page, name: string): Promise<void> {
  await page.locator(`#${name}`).click();
  await settle(page);
}

type Counted = PageEvent & { name?: string; value: number; navigation?: string };

/** Leaves, and returns the events of the visit. */
async function eventsOf(page: Page): Promise<Counted[]> {
  await started(page);
  const session = await page.evaluate(
    () => Object.entries(sessionStorage).find(([key]) => key.startsWith("rumkit.session"))![1] as string,
  );
  const { id } = JSON.parse(session) as { id: string };
  await leave(page);
  return server.batches
    .filter((batch) => batch.session === id)
    .flatMap(({ events }) => {
      let route: string | undefined;
      return events.flatMap((event) => {
        route = event.route ?? route;
        return Array.from({ length: event.count ?? 1 }, () => ({ ...event, route }) as Counted);
      });
    });
}

const VITALS = /^(LCP|INP|CLS|FCP|TTFB)$/;

/** Each vital, and each view, as `INP soft /users/1`. */
const told = (events: readonly Counted[], types = VITALS): string[] =>
  events
    .filter(({ type }) => types.test(type))
    .map(({ type, navigation = "hard", route }) => `${type} ${navigation} ${route}`);

describe.each([
  ["by soft navigations of the browser", true],
  ["where the browser knows none", false],
])("vitals, %s", (_how, isSoftKnown) => {
  test("are of the view, and of one that only changes the query there are none", async () => {
    const page = await open({ isSoftKnown });
    await settle(page);
    await click(page, "go");
    await click(page, "query");
    await click(page, "query");
    await click(page, "go");
    const events = await eventsOf(page);
    expect(told(events, /^page_view$/)).toEqual([
      "page_view hard /",
      "page_view soft /users/1",
      "page_view soft /users/4",
    ]);
    const vitals = told(events);
    // One of each kind at most for each view, and no view that was not counted.
    expect(new Set(vitals).size).toBe(vitals.length);
    expect(vitals.filter((vital) => !/ (hard \/|soft \/users\/[14])$/.test(vital))).toEqual([]);
    expect(vitals).toEqual(
      expect.arrayContaining(["TTFB hard /", "LCP hard /", "CLS hard /", "INP soft /users/1"]),
    );
  });

  test("have the pattern that a router names later in the same navigation, never the path", async () => {
    const page = await open({
      isSoftKnown,
      options: { pageViews: "manual" },
      before: `globalThis.shown = () => setTimeout(() => metrics.trackPageView("/users/:id"), 150);`,
    });
    await page.evaluate("metrics.trackPageView('/')");
    await settle(page);
    await click(page, "go");
    await page.waitForFunction("performance.now() > 0");
    await settle(page);
    await timers(page, 200);
    await click(page, "slow");
    await click(page, "go");
    await timers(page, 200);
    const vitals = told(await eventsOf(page));
    expect(vitals.filter((vital) => /\d/.test(vital))).toEqual([]);
    expect(vitals).toEqual(
      expect.arrayContaining(["TTFB hard /", "INP soft /users/:id", "CLS soft /users/:id"]),
    );
  });

  test("are not reported where views are not counted", async () => {
    const page = await open({ isSoftKnown, options: { pageViews: "manual" } });
    await settle(page);
    await click(page, "slow");
    await click(page, "go");
    await click(page, "query");
    expect(told(await eventsOf(page))).toEqual([]);
  });

  test("say of many interactions what `web-vitals` says: of 50 one slow one does not count", async () => {
    const page = await open({ isSoftKnown });
    await settle(page);
    await click(page, "slow");
    for (let index = 0; index < 55; index += 1) await page.locator("#quick").click();
    // Each takes 20 ms, so the browser reports it, on a busy machine some frames later.
    await page.waitForFunction("clicksTold === 56");
    await settle(page);
    const own = await page.evaluate<{ INP: number; CLS: number }>("own");
    const events = await eventsOf(page);
    expect(events.filter(({ type }) => type === "INP").map(({ value }) => value)).toEqual([own.INP / 1000]);
    expect(events.filter(({ type }) => type === "CLS").map(({ value }) => value)).toEqual([
      Number(own.CLS.toFixed(3)),
    ]);
  });
});

describe("a redirect of a router at the first load", () => {
  test.each([
    ["at once", `globalThis.after = () => history.replaceState(null, "", "/home")`],
    [
      "before the page has loaded",
      `addEventListener("DOMContentLoaded", () => history.replaceState(null, "", "/home"))`,
    ],
    [
      "after an answer, before anything is painted",
      `setTimeout(() => { history.replaceState(null, "", "/home"); document.adoptedStyleSheets = []; }, 300)`,
      // From the start: a busy machine paints before the page's own scripts run.
      `const hide = new CSSStyleSheet(); hide.replaceSync("body { display: none }");
       document.adoptedStyleSheets = [hide];`,
    ],
  ])("%s is one view, and the load's vitals are of it", async (_when, before, atStart = "") => {
    const page = await open({ before, atStart });
    await page.waitForFunction("location.pathname === '/home'");
    await settle(page);
    const events = await eventsOf(page);
    expect(told(events, /^page_view$/)).toEqual(["page_view hard /home"]);
    expect(told(events)).toEqual(
      expect.arrayContaining(["TTFB hard /home", "FCP hard /home", "LCP hard /home"]),
    );
    expect(events.filter(({ route }) => route === "/")).toEqual([]);
  });

  test("is distinguished from views that the app counts itself, without a change of the address", async () => {
    const page = await open({
      options: { pageViews: "manual" },
      before: `addEventListener("DOMContentLoaded", () => {
        metrics.trackPageView("/cart");
        metrics.trackPageView("/home");
      });`,
    });
    expect(told(await eventsOf(page), /^page_view$/)).toEqual([
      "page_view hard /cart",
      "page_view soft /home",
    ]);
  });

  test("is distinguished from a change of the path that the user has seen", async () => {
    const page = await open();
    await settle(page);
    await page.evaluate("history.replaceState(null, '', '/login')");
    expect(told(await eventsOf(page), /^page_view$/)).toEqual(["page_view hard /", "page_view soft /login"]);
  });
});

describe("a document in a frame", () => {
  const frame = `if (self === top) {
    const frame = document.createElement("iframe");
    frame.src = "/login";
    frame.hidden = true;
    frame.onload = () => { frame.contentWindow.metrics.trackPageView("/cart"); globalThis.isFramed = true; };
    document.body.append(frame);
  } else addEventListener("load", () => setTimeout(() => { throw new Error("in the frame"); }));`;

  const visit = async (options: object): Promise<string[]> => {
    const page = await open({ options, before: frame });
    await page.waitForFunction("globalThis.isFramed");
    await settle(page);
    return told(await eventsOf(page), /^(page_view|page_load|error|TTFB)$/).toSorted();
  };

  test("is not a page view and has no vitals and no load; its errors count", async () => {
    const events = await visit({});
    expect(events).toEqual(["TTFB hard /", "error hard /cart", "page_load hard /", "page_view hard /"]);
  });

  test("is one where the app lives in it", async () => {
    const events = await visit({ embedded: true });
    expect(events).toEqual(
      expect.arrayContaining(["page_view hard /", "page_view hard /login", "page_view soft /cart"]),
    );
  });
});
