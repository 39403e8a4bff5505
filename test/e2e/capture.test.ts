/**
 * Each source, in a real Chromium with real input: the built page package on one side, what the
 * collector counted on the other.
 */
import type * as rumkit from "@rumkit/browser";
import { defineCatalog, type PageEvent } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { launchShell } from "../support/chromium.ts";
import { clickFast } from "../support/fastClicks.ts";
import { type PageParts, type PageServer, startPageServer } from "../support/pageServer.ts";
import { idle, observed, timers } from "../support/pageTime.ts";
import { leave, settled, started, watch } from "../support/visits.ts";
import { clickWithEffect, WATCHED_CLICKS } from "../support/watchedClicks.ts";

const catalog = defineCatalog({
  app: "capture",
  routes: ["/", "/users/:id", "/cart", "/thanks"],
  actions: { step: { help: "Steps." }, add_to_cart: { help: "Items." } },
  conversions: { wish: { help: "Wishes." } },
  features: { dark_mode: { help: "Dark." } },
  endpoints: ["/api/items/:id", "/api/slow"],
  funnels: { buy: ["page_view:/", "action:add_to_cart", "page_view:/cart", "conversion:wish"] },
});

let browser: Browser;
let server: PageServer;

beforeAll(async () => {
  browser = await launchShell();
});
afterAll(() => browser.close());
afterEach(() => server.stop());

async function open(
  body: string,
  sources = "",
  parts: PageParts = {},
  { consent = "granted" } = {},
): Promise<Page> {
  server = await startPageServer(
    catalog,
    `import * as rumkit from "@rumkit/browser";
     const { apiCalls, consoleErrors, createMetrics, funnels, heap, visibility } = rumkit;
     globalThis.rumkit = rumkit;
     ${WATCHED_CLICKS}
     globalThis.metrics = createMetrics({ sources: [${sources}], consent: "${consent}" });`,
    {},
    { ...parts, body },
  );
  return newPage(consent === "granted");
}

/** Opens another page of the server, as a new visitor. */
async function newPage(isStarted = true): Promise<Page> {
  const page = await (await watch(await browser.newContext())).newPage();
  await page.goto(`${server.origin}/`);
  if (isStarted) await started(page);
  return page;
}

/** Leaves the page, and reads what the collector counted of the families. */
async function countOf(page: Page, families: RegExp): Promise<Record<string, number>> {
  await leave(page);
  return counted(families);
}

const counted = async (families: RegExp): Promise<Record<string, number>> =>
  changesOfVisits(new Map(), await scrape(server.collector.app), families);

const eventsOf = (type: string): PageEvent[] =>
  server.batches.flatMap(({ events }) => events).filter((event) => event.type === type);

/** Waits until the client has reported an event of a type. */
async function reported(page: Page, type: string): Promise<void> {
  const report = async (): Promise<number> => {
    await page.evaluate("metrics.flush()");
    return eventsOf(type).length;
  };
  await expect.poll(report).toBeGreaterThan(0);
}

describe("clicks", () => {
  const families = /^rum_(clicks|rage_clicks|dead_clicks|error_clicks)_total/;

  test("three fast ones at one place are a rage click, unless the element is ignored", async () => {
    const page = await open(`<button data-rum=more onclick="this.title += 1">More</button>
      <button data-rum=stepper data-rum-ignore onclick="this.title += 1">+</button>`);
    await clickFast(page, page.getByText("More"), 5);
    await clickFast(page, page.getByText("+"), 5);
    expect(await countOf(page, families)).toEqual({
      'rum_clicks_total{element="more"}': 5,
      'rum_clicks_total{element="stepper"}': 5,
      'rum_rage_clicks_total{element="more"}': 1,
    });
  });

  test("that have no effect for two seconds are dead", async () => {
    const page = await open("<button data-rum=broken>Broken</button>");
    await page.getByText("Broken").click();
    await timers(page, 2_000);
    expect(await countOf(page, families)).toEqual({
      'rum_clicks_total{element="broken"}': 1,
      'rum_dead_clicks_total{element="broken"}': 1,
    });
  });

  test("that have an effect are not dead, and neither is a click on text", async () => {
    const bodies = {
      "changes the document": `<button onclick="document.body.append('x')">Go</button>`,
      "changes the document later": `<button onclick="setTimeout(() => document.body.append('x'), 500)">Go</button>`,
      "asks a server": `<button onclick="fetch('/api/items/1')">Go</button>`,
      "opens the document anew": `<button onclick="document.open()">Go</button>`,
      downloads: `<a download=a.txt href=data:text/plain,a>Go</a>`,
      scrolls: `<button onclick="window.scrollTo(0, 50)">Go</button><p style="height: 3000px">`,
      "opens a date picker": `<label>Go <input type=date></label>`,
      "opens a list": `<label>Go <select><option>a</select></label>`,
      "is only read": `<p>Go</p>`,
      "navigates within the page": `<button onclick="history.pushState(null, '', '/cart')">Go</button>`,
    };
    const first = await open("");
    await leave(first);
    /** Their clicks are not watched: scripts cannot see what they do. */
    const unwatched = /^(downloads|opens a date picker|opens a list|is only read)$/;
    const clicked = Object.entries(bodies).map(async ([what, body]) => {
      const page = await newPage();
      await page.evaluate((html) => {
        document.body.innerHTML = html;
      }, body);
      await page.evaluate((name) => {
        document.querySelector<HTMLElement>("button, a, label, p")!.dataset["rum"] = name;
      }, what);
      const click = (): Promise<void> => page.getByText("Go").first().click();
      await clickWithEffect((script) => page.evaluate(script), click, !unwatched.test(what));
      // Not by leaving: a document that was opened anew ends without a word.
      await page.evaluate("metrics.flush()");
      await settled(page);
      await page.close();
    });
    await Promise.all(clicked);
    expect(await counted(/^rum_dead_clicks_total/)).toEqual({});
    expect(eventsOf("session_start")).toHaveLength(1 + Object.keys(bodies).length);
  });

  test("that an error follows are error clicks", async () => {
    const page = await open(`<button data-rum=crash onclick="throw new Error('fault')">Crash</button>`);
    await page.getByText("Crash").click();
    expect(await countOf(page, /^rum_(error_clicks|js_errors)_total/)).toEqual({
      'rum_error_clicks_total{element="crash"}': 1,
      'rum_js_errors_total{route="/",source="uncaught"}': 1,
    });
  });
});

describe("forms", () => {
  const families = /^rum_form/;
  const form = `<form data-rum-form=login onsubmit="event.preventDefault()"><input name=a><input name=b><button>Send</button></form>`;

  test("are begun once and sent", async () => {
    const page = await open(form);
    await page.locator("[name=a]").fill("ann");
    await page.locator("[name=b]").fill("secret");
    await page.getByText("Send").click();
    expect(await countOf(page, families)).toEqual({
      'rum_form_starts_total{form="login"}': 1,
      'rum_form_submissions_total{form="login"}': 1,
    });
  });

  test.each([
    ["the page", (page: Page) => page.goto(`${server.origin}/cart`)],
    ["the route", (page: Page) => page.evaluate(() => history.pushState(null, "", "/cart"))],
  ])("are abandoned by who leaves %s", async (_what, go) => {
    const page = await open(form);
    await page.locator("[name=a]").fill("ann");
    await go(page);
    expect(await countOf(page, families)).toEqual({
      'rum_form_starts_total{form="login"}': 1,
      'rum_form_abandons_total{form="login"}': 1,
    });
  });
});

describe("what goes wrong", () => {
  test("resources that do not load are counted by their tag", async () => {
    const page = await open("", "", {
      routes: (app) => app.get("/missing/*", (c) => c.text("none", 404)),
    });
    await page.evaluate(async () => {
      for (const [tag, name] of [
        ["img", "src"],
        ["script", "src"],
        ["link", "href"],
      ] as const) {
        const element = Object.assign(document.createElement(tag), { rel: "stylesheet" });
        await new Promise((resolve) => {
          element.addEventListener("error", resolve);
          element.setAttribute(name, `/missing/${tag}`);
          document.head.append(element);
        });
      }
    });
    expect(await countOf(page, /^rum_resource_errors_total/)).toEqual({
      'rum_resource_errors_total{kind="img"}': 1,
      'rum_resource_errors_total{kind="link"}': 1,
      'rum_resource_errors_total{kind="script"}': 1,
    });
  });

  test("an error loop is counted to the last, and clicks and actions beside it too", async () => {
    const page = await open("<button data-rum=still>Still</button>");
    await page.evaluate(() => {
      for (let index = 0; index < 5_000; index += 1) reportError(new Error(`fault ${index}`));
    });
    await page.getByText("Still").click();
    await page.evaluate("metrics.trackAction('step')");
    expect(await countOf(page, /^rum_(js_errors|clicks|actions|events_dropped)_total/)).toEqual({
      'rum_js_errors_total{route="/",source="uncaught"}': 5_000,
      'rum_clicks_total{element="still"}': 1,
      'rum_actions_total{action="step"}': 1,
    });
  });

  test("console.error is counted where the app asks for it, and still writes", async () => {
    const page = await open("", "consoleErrors()");
    const written: string[] = [];
    page.on("console", (message) => written.push(message.text()));
    await page.evaluate(() => console.error("Payment failed:", 402));
    expect(await countOf(page, /^rum_js_errors_total/)).toEqual({
      'rum_js_errors_total{route="/",source="console"}': 1,
    });
    expect(written).toEqual(["Payment failed: 402"]);
  });
});

describe("API calls", () => {
  const families = /^rum_api_(request_duration_seconds_count|errors_total)/;
  const routes: NonNullable<PageParts["routes"]> = (app) => {
    app.get("/api/items/:id", (c) => c.json({}));
    app.post("/api/items/:id", (c) => c.json({}, 503));
    app.get("/api/slow", () => new Promise<Response>(() => {}));
  };

  test("are timed without a patch, by the endpoint's pattern", async () => {
    const page = await open("", "", { routes });
    const isNative = await page.evaluate(async () => {
      await fetch("/api/items/7?token=secret");
      await fetch("/elsewhere");
      return /native code/.test(fetch.toString() + XMLHttpRequest.prototype.open.toString());
    });
    expect(isNative).toBe(true);
    await observed(page, "resource", "/api/items/7");
    await observed(page, "resource", "/elsewhere");
    expect(await countOf(page, families)).toEqual({
      'rum_api_request_duration_seconds_count{api_endpoint="/api/items/:id",method="none",status="2xx"}': 1,
      'rum_api_request_duration_seconds_count{api_endpoint="unmatched",method="none",status="2xx"}': 1,
    });
    expect(server.bodies.join("")).not.toContain("secret");
  });

  test("are timed whichever ends first, and also where they begin like the collector's address", async () => {
    const slow = Promise.withResolvers<void>();
    const page = await open("", "", {
      routes: (app) => {
        app.get("/api/slow", async (c) => {
          await slow.promise;
          return c.json({});
        });
        routes(app);
        app.get("/collections/*", (c) => c.json({}));
      },
    });
    await page.evaluate(() => {
      for (const url of ["/api/slow", "/api/items/1", "/collections/7"]) void fetch(url);
    });
    await observed(page, "resource", "/api/items/1");
    await observed(page, "resource", "/collections/7");
    slow.resolve();
    await observed(page, "resource", "/api/slow");
    expect(await countOf(page, families)).toEqual({
      'rum_api_request_duration_seconds_count{api_endpoint="/api/slow",method="none",status="2xx"}': 1,
      'rum_api_request_duration_seconds_count{api_endpoint="/api/items/:id",method="none",status="2xx"}': 1,
      'rum_api_request_duration_seconds_count{api_endpoint="unmatched",method="none",status="2xx"}': 1,
    });
  });

  test("of one XMLHttpRequest that is used again and again count once each, with the app's own headers", async () => {
    const seen: (string | undefined)[] = [];
    const page = await open("", "apiCalls()", {
      routes: (app) =>
        app.get("/api/items/:id", (c) => {
          seen.push(c.req.header("traceparent"));
          return c.json({});
        }),
    });
    await page.evaluate(async () => {
      const request = new XMLHttpRequest();
      for (let index = 0; index < 4; index += 1) {
        request.open("GET", "/api/items/1");
        request.setRequestHeader("Traceparent", "of-the-app");
        const over = new Promise((resolve) => request.addEventListener("loadend", resolve, { once: true }));
        request.send();
        await over;
      }
      await fetch("data:text/plain,secret");
    });
    expect(await countOf(page, families)).toEqual({
      'rum_api_request_duration_seconds_count{api_endpoint="/api/items/:id",method="GET",status="2xx"}': 4,
    });
    expect(seen).toEqual(["of-the-app", "of-the-app", "of-the-app", "of-the-app"]);
    expect(server.bodies.join("")).not.toContain("secret");
  });

  test("with the patch have methods, statuses and failures, of fetch and XMLHttpRequest alike", async () => {
    const page = await open("", "apiCalls()", { routes });
    await page.evaluate(async () => {
      await fetch("/api/items/1");
      await fetch("/api/items/1", { method: "post" });
      const aborted = new AbortController();
      setTimeout(() => aborted.abort(), 50);
      await fetch("/api/slow", { signal: aborted.signal }).catch(() => {});
      await fetch("/api/slow", { signal: AbortSignal.timeout(50) }).catch(() => {});
      await fetch("http://127.0.0.1:1/api").catch(() => {});
      await new Promise((resolve) => {
        const request = new XMLHttpRequest();
        request.open("GET", "/api/items/2");
        request.addEventListener("loadend", resolve);
        request.send();
      });
    });
    expect(await countOf(page, families)).toEqual({
      'rum_api_request_duration_seconds_count{api_endpoint="/api/items/:id",method="GET",status="2xx"}': 2,
      'rum_api_request_duration_seconds_count{api_endpoint="/api/items/:id",method="POST",status="5xx"}': 1,
      'rum_api_errors_total{api_endpoint="/api/items/:id",method="POST",kind="5xx"}': 1,
      'rum_api_errors_total{api_endpoint="/api/slow",method="GET",kind="abort"}': 1,
      'rum_api_errors_total{api_endpoint="/api/slow",method="GET",kind="timeout"}': 1,
      'rum_api_errors_total{api_endpoint="unmatched",method="GET",kind="network"}': 1,
    });
  });

  test("carry trace context to the origins that are named, and nothing to others", async () => {
    const seen: Record<string, string | undefined>[] = [];
    const other = await startPageServer(
      catalog,
      "",
      {},
      {
        routes: (app) =>
          app.get("/api/*", (c) => {
            seen.push(c.req.header());
            return c.json({}, 200, { "access-control-allow-origin": "*" });
          }),
      },
    );
    const page = await open("", "apiCalls({ traceOrigins: [location.origin] })", {
      routes: (app) =>
        app.get("/api/items/:id", (c) => {
          seen.push(c.req.header());
          return c.json({});
        }),
    });
    await page.evaluate(async (origin) => {
      await fetch("/api/items/1");
      await fetch(`${origin}/api/items/1`);
    }, other.origin);
    await page.close();
    await other.stop();
    expect(seen.map(({ traceparent }) => traceparent)).toEqual([
      expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
      undefined,
    ]);
    // No preflight for the other origin: nothing was added to its request.
    expect(other.requests).toEqual(["GET /api/items/1"]);
  });

  test("work as without rumkit where the page's own origin redirects to one that allows no further header", async () => {
    const seen: (string | undefined)[] = [];
    const bucket = await startPageServer(
      catalog,
      "",
      {},
      {
        routes: (app) =>
          app.all("/api/*", (c) => {
            seen.push(c.req.method, c.req.header("traceparent"));
            return c.text("data", 200, { "access-control-allow-origin": "*" });
          }),
      },
    );
    const page = await open("", "apiCalls()", {
      routes: (app) => app.get("/api/items/:id", (c) => c.redirect(`${bucket.origin}/api/file`)),
    });
    const got = await page.evaluate(async () => {
      const text = await (await fetch("/api/items/1")).text();
      const request = new XMLHttpRequest();
      request.open("GET", "/api/items/2");
      const over = new Promise((resolve) => request.addEventListener("loadend", resolve));
      request.send();
      await over;
      return [text, request.responseText];
    });
    expect(got).toEqual(["data", "data"]);
    expect(seen).toEqual(["GET", undefined, "GET", undefined]);
    expect(await countOf(page, families)).toEqual({
      'rum_api_request_duration_seconds_count{api_endpoint="/api/items/:id",method="GET",status="2xx"}': 2,
    });
    await bucket.stop();
  });

  test("that are pending when the user leaves are not network failures", async () => {
    const page = await open("", "apiCalls()", {
      routes: (app) => app.get("/api/slow", () => new Promise<Response>(() => {})),
    });
    for (const how of ["location.href = '/cart'", "location.reload()"]) {
      await page.evaluate(() => {
        void fetch("/api/slow").catch(() => {});
        const request = new XMLHttpRequest();
        request.open("GET", "/api/slow");
        request.send();
      });
      await Promise.all([page.waitForEvent("load"), page.evaluate(how)]);
    }
    const calls = await countOf(page, /^rum_(api_errors|page_views)_total/);
    expect(Object.keys(calls).filter((series) => series.includes('kind="network"'))).toEqual([]);
    expect(calls).toMatchObject({ 'rum_page_views_total{route="/cart"}': 2 });
  });

  test("are distinguished from what frameworks fetch for a page, with the patch and without", async () => {
    for (const sources of ["", "apiCalls()"]) {
      const page = await open("", sources, { routes });
      await page.evaluate(async () => {
        await fetch("/users/1?_rsc=1abcd", { headers: { RSC: "1" } });
        await fetch("/users/1/__data.json?x-sveltekit-invalidated=01");
        await fetch("/api/items/1");
      });
      for (const url of ["_rsc", "__data.json", "/api/items/1"]) await observed(page, "resource", url);
      expect(Object.values(await countOf(page, families))).toEqual([1]);
      if (sources === "") await server.stop();
    }
  });

  test("carry what the user lived through in their baggage", async () => {
    const seen: (string | undefined)[] = [];
    const page = await open(
      "<button onclick=\"document.body.append('x')\">Go</button>",
      "apiCalls({ traceOrigins: [location.origin] })",
      {
        routes: (app) =>
          app.get("/api/items/:id", (c) => {
            seen.push(c.req.header("baggage"));
            return c.json({});
          }),
      },
    );
    await page.getByText("Go").click();
    // It is final with the click, in an idle moment after it.
    await reported(page, "LCP");
    await page.evaluate(() => fetch("/api/items/1"));
    await page.close();
    expect(seen).toEqual([expect.stringMatching(/^rum\.experience=(good|needs_improvement|poor)$/)]);
  });
});

describe("the page itself", () => {
  test("tells the phases of its load, long tasks, its heap and how long it was visible", async () => {
    const page = await open(
      `<button onclick="
      const until = performance.now() + 150; while (performance.now() < until); this.textContent += '.'">Slow</button>`,
      "heap(), visibility()",
    );
    await page.getByText("Slow").click();
    await observed(page, "long-animation-frame");
    const load = await countOf(
      page,
      /^rum_(page_load_seconds|page_load_bytes|long_task_seconds|js_heap_bytes|visible_seconds)_count/,
    );
    expect(load).toMatchObject({
      'rum_page_load_seconds_count{route="/",phase="load"}': 1,
      'rum_page_load_seconds_count{route="/",phase="interactive"}': 1,
      'rum_page_load_bytes_count{route="/"}': 1,
      'rum_visible_seconds_count{route="/"}': 1,
      rum_js_heap_bytes_count: 1,
    });
    expect(Object.keys(load).some((series) => series.startsWith("rum_long_task_seconds"))).toBe(true);
  });

  test("says on what device, browser and connection a session is", async () => {
    const page = await open("");
    await leave(page);
    const text = await (await server.collector.app.request("/metrics")).text();
    expect(text).toMatch(
      /rum_sessions_total\{device="desktop",browser="chrome",connection="(4g|3g|unknown)"\} 1/,
    );
  });
});

describe("funnels", () => {
  test("count a session once for each step, in order, over pages, by the steps of the collector", async () => {
    const page = await open("", "funnels()");
    // The client asks once the page is painted; the answer is read before what the test does next.
    await observed(page, "resource", "/collect/funnels");
    await timers(page);
    // Out of order: nothing.
    await page.evaluate("metrics.trackConversion('wish')");
    await page.evaluate("metrics.trackAction('add_to_cart'); metrics.trackAction('add_to_cart')");
    await page.goto(`${server.origin}/cart`);
    // The client asks once the page is painted; the answer is read before what the test does next.
    await observed(page, "resource", "/collect/funnels");
    await timers(page);
    await page.evaluate("metrics.trackConversion('wish')");
    await page.goto(`${server.origin}/`);
    await page.evaluate("metrics.trackAction('add_to_cart')");
    expect(await countOf(page, /^rum_funnel_sessions_total/)).toEqual({
      'rum_funnel_sessions_total{funnel="buy",step="1",event="page_view:/"}': 1,
      'rum_funnel_sessions_total{funnel="buy",step="2",event="action:add_to_cart"}': 1,
      'rum_funnel_sessions_total{funnel="buy",step="3",event="page_view:/cart"}': 1,
      'rum_funnel_sessions_total{funnel="buy",step="4",event="conversion:wish"}': 1,
    });
  });
});

describe("a worker", () => {
  test("counts over its page, its errors too", async () => {
    const page = await open("");
    await page.evaluate(async () => {
      // What `createWorkerMetrics` posts, and an uncaught error.
      const code = `postMessage({ rumkit: ["trackAction", "step"] });
        postMessage({ rumkit: ["stop"] });
        setTimeout(() => { throw new Error("in the worker") });`;
      const reached = new Promise((resolve) => addEventListener("error", resolve));
      const worker = new Worker(URL.createObjectURL(new Blob([code])));
      const { createMetricsWith, workers } = (globalThis as unknown as { rumkit: typeof rumkit }).rumkit;
      createMetricsWith([workers(worker)]);
      await reached;
    });
    expect(await countOf(page, /^rum_(actions|js_errors)_total/)).toEqual({
      'rum_actions_total{action="step"}': 1,
      // It reaches the window by itself.
      'rum_js_errors_total{route="/",source="uncaught"}': 1,
    });
  });
});

describe("Web Vitals", () => {
  const counts = /^rum_(lcp|inp|cls|fcp|ttfb)_(seconds|score)_count/;
  const slow = `<h1 data-rum=title>Title</h1><button data-rum=slow onclick="
    const until = performance.now() + 120; while (performance.now() < until);
    this.textContent += '.'">Slow</button>`;

  test.each([
    ["unknown", ["CLS", "FCP", "LCP", "TTFB"]],
    ["denied", []],
  ])("of before a consent that was %s come with it, if their view counts", async (consent, expected) => {
    const page = await open("<h1>Read me</h1>", "", {}, { consent });
    await observed(page, "largest-contentful-paint");
    await page.evaluate(`metrics.setConsent("granted")`);
    // What the client has observed since then, its observers have heard of before this one.
    await observed(page, "largest-contentful-paint");
    await timers(page);
    await leave(page);
    const types = ["CLS", "FCP", "LCP", "TTFB"].filter((type) => eventsOf(type).length > 0);
    expect(types).toEqual(expected);
  });

  test("are observed once each, however often the page is hidden and shown, and however INP grows", async () => {
    const page = await open(slow);
    await page.getByText("Slow").click();
    await observed(page, "event", "click");
    await idle(page);
    // Chromium without a window hides nothing by itself.
    const setHidden = (hidden: boolean): Promise<void> =>
      page.evaluate((value) => {
        Object.defineProperty(document, "visibilityState", {
          value: value ? "hidden" : "visible",
          configurable: true,
        });
        Object.defineProperty(document, "hidden", { value, configurable: true });
        document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      }, hidden);
    await setHidden(true);
    await setHidden(false);
    await page.getByText("Slow").click();
    await page.getByText("Slow").click();
    await observed(page, "event", "click", 3);
    await idle(page);
    await setHidden(true);
    expect(await countOf(page, counts)).toEqual({
      'rum_lcp_seconds_count{route="/"}': 1,
      'rum_inp_seconds_count{route="/"}': 1,
      'rum_cls_score_count{route="/"}': 1,
      'rum_fcp_seconds_count{route="/"}': 1,
      'rum_ttfb_seconds_count{route="/"}': 1,
    });
  });

  test("name their causes in words of closed sets", async () => {
    const page = await open(slow);
    await page.getByText("Slow").click();
    await observed(page, "event", "click");
    await idle(page);
    const causes = await countOf(page, /^rum_(lcp_elements|inp_interactions)_total/);
    // Which part was the longest, and whether that is good, depends on how busy the machine is.
    const parts = Object.keys(causes).map((series) =>
      series
        .replace(/part="(input_delay|processing|presentation)"/, "part=(of three)")
        .replace(/rating="\w+"/, "rating"),
    );
    expect(parts.toSorted()).toEqual([
      'rum_inp_interactions_total{part=(of three),party="first",element="slow",rating}',
      'rum_lcp_elements_total{part="text",element="title",rating}',
    ]);
    expect(Object.values(causes)).toEqual([1, 1]);
  });

  const router = `<h1>Home</h1><button data-rum=go onclick="
    const until = performance.now() + 60; while (performance.now() < until);
    setTimeout(() => {
      const next = location.pathname === '/' ? '/users/1' : '/cart';
      history.pushState(null, '', next);
      document.querySelector('h1').remove();
      document.body.insertAdjacentHTML('afterbegin', '<h1 style=font-size:80px>' + next + '</h1>');
    }, 20)">Go</button>`;

  test.each(["soft navigations", "its own route changes"])("belong to the route, by %s", async (how) => {
    server = await startPageServer(
      catalog,
      'import { createMetrics } from "@rumkit/browser"; createMetrics();',
      {},
      { body: router },
    );
    const context = await watch(await browser.newContext());
    const isSoft = how === "soft navigations";
    if (!isSoft) {
      await context.addInitScript(() => {
        const types = PerformanceObserver.supportedEntryTypes.filter((type) => type !== "soft-navigation");
        Object.defineProperty(PerformanceObserver, "supportedEntryTypes", { value: types });
      });
    }
    const page = await context.newPage();
    await page.goto(`${server.origin}/`);
    // The browser reports an interaction after the next paint. One that changes the route may count where it leads to.
    await page.mouse.click(300, 300);
    await page.waitForFunction("performance.getEntriesByType('first-input').length > 0");
    for (const path of ["/users/1", "/cart", "/cart"]) {
      await page.getByText("Go").click();
      await page.getByRole("heading", { name: path }).waitFor();
      // Painted, so that the browser has reported it to the client.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
      if (isSoft && path !== "/cart") await observed(page, "soft-navigation");
      await idle(page);
    }
    await leave(page);
    expect(await counted(/^rum_(inp|cls)_(seconds|score)_count/)).toMatchObject({
      'rum_inp_seconds_count{route="/"}': 1,
      'rum_inp_seconds_count{route="/users/:id"}': 1,
      'rum_cls_score_count{route="/"}': 1,
      'rum_cls_score_count{route="/users/:id"}': 1,
    });
    const navigations = eventsOf("INP").map(
      (event) => (event as { navigation?: string }).navigation ?? "hard",
    );
    expect(navigations.slice(0, 2)).toEqual(["hard", "soft"]);
  });

  test("rate the experience of what comes after them", async () => {
    const page = await open(slow);
    await page.getByText("Slow").click();
    // It is final with the click, in an idle moment after it.
    await reported(page, "LCP");
    await page.evaluate("metrics.trackConversion('wish')");
    await page.goto(`${server.origin}/cart`);
    await leave(page);
    // On a busy machine the click takes longer than what is good.
    const rated = expect.stringMatching(/^(good|needs_improvement|poor)$/) as string;
    expect(eventsOf("page_view")).toMatchObject([{}, { experience: rated }]);
    expect(eventsOf("conversion")).toMatchObject([{ experience: rated }]);
  });
});
