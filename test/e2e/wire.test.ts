/** The cost of a visit on the wire, in a real Chromium with the default set of sources. */
import { type Batch, defineCatalog } from "@rumkit/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { launchShell } from "../support/chromium.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { idle, observed, timers } from "../support/pageTime.ts";
import { leave, watch } from "../support/visits.ts";

const catalog = defineCatalog({
  app: "wire",
  routes: ["/"],
  actions: { add_to_cart: { help: "Items.", labels: { category: ["books", "games", "music", "tools"] } } },
});

let browser: Browser;
let collector: PageServer;
let pages: PageServer;

beforeAll(async () => {
  browser = await launchShell();
});
afterAll(() => browser.close());

/** A page of another origin than the collector: the case that costs others a preflight each. */
beforeEach(async () => {
  let collectUrl = "";
  pages = await startPageServer(
    catalog,
    `import { createMetrics } from "@rumkit/browser";
     // A batch leaves after five seconds, which a visit here takes on a busy machine. Here it leaves when the test says.
     const { setTimeout } = globalThis;
     globalThis.setTimeout = (run, ms, ...rest) =>
       ms === 5_000 ? ((globalThis.onDue = run), 0) : setTimeout(run, ms, ...rest);
     globalThis.metrics = createMetrics({ url: document.documentElement.dataset.collect });`,
    {},
    {
      body: `<h1>What a visit costs</h1><button data-rum=buy onclick="this.title += '1'">Buy</button>`,
      routes: (app) =>
        app.use("/", async (c, next) => {
          await next();
          const html = (await c.res.text()).replace("<title>", `<html data-collect="${collectUrl}"><title>`);
          c.res = new Response(html, c.res);
        }),
    },
  );
  collector = await startPageServer(catalog, "", { allowedOrigins: [pages.origin] });
  collectUrl = `${collector.origin}/collect`;
});
afterEach(async () => {
  await pages.stop();
  await collector.stop();
});

/** The traffic that reached the collector: requests by method, and bytes of all bodies. */
function cost(): { requests: string[]; bytes: number } {
  return {
    requests: collector.requests.filter((request) => request.endsWith("/collect")),
    bytes: collector.bodies.reduce((sum, body) => sum + Buffer.byteLength(withoutLongTasks(body)), 0),
  };
}

/** A page has long tasks on a machine that is busy with something else. */
function withoutLongTasks(body: string): string {
  const batch = JSON.parse(body) as Batch;
  return JSON.stringify({ ...batch, events: batch.events.filter(({ type }) => type !== "long_task") });
}

/** Opens the page, and waits until the browser has told of its load. */
async function open(): Promise<Page> {
  const page = await (await watch(await browser.newContext())).newPage();
  await page.goto(`${pages.origin}/`);
  await observed(page, "largest-contentful-paint");
  await idle(page);
  return page;
}

test("a bare visit is one request of 500 bytes at most, and no preflight", async () => {
  await leave(await open());
  const { requests, bytes } = cost();
  process.stdout.write(`bare visit: ${requests.length} request, ${bytes} bytes\n`);
  expect(requests).toEqual(["POST /collect"]);
  expect(bytes).toBeLessThanOrEqual(500);
  const types = collector.batches[0]!.events.map(({ type }) => type);
  expect(types).toEqual(
    expect.arrayContaining(["session_start", "page_view", "page_load", "LCP", "CLS", "FCP", "TTFB"]),
  );
});

test("with 20 actions, 3 clicks and an error it is three requests of 1.5 kB at most", async () => {
  const page = await open();
  for (let index = 0; index < 20; index += 1) {
    const category = ["books", "games", "music", "tools"][index % 4]!;
    await page.evaluate(`metrics.trackAction("add_to_cart", { category: "${category}" })`);
  }
  await page.evaluate("onDue()");
  for (let index = 0; index < 3; index += 1) {
    await page.getByText("Buy").click();
    // Three clicks within a second are an event more.
    await timers(page, 500);
  }
  await page.evaluate(() => reportError(new Error("The cart is broken")));
  await leave(page);
  const { requests, bytes } = cost();
  process.stdout.write(`visit with 24 events: ${requests.length} requests, ${bytes} bytes\n`);
  expect(requests.length).toBeLessThanOrEqual(3);
  expect(new Set(requests)).toEqual(new Set(["POST /collect"]));
  expect(bytes).toBeLessThanOrEqual(1_500);
  const counted = changesOfVisits(
    new Map(),
    await scrape(collector.collector.app),
    /^rum_(actions|clicks|js_errors|events_rejected|events_dropped)_total/,
  );
  expect(counted).toEqual({
    ...Object.fromEntries(
      ["books", "games", "music", "tools"].map((category) => [
        `rum_actions_total{action="add_to_cart",category="${category}"}`,
        5,
      ]),
    ),
    'rum_clicks_total{element="buy"}': 3,
    'rum_js_errors_total{route="/",source="uncaught"}': 1,
  });
});

test("a page on the own machine says each fault once, with the name that was meant, and where nothing answers", async () => {
  const server = await startPageServer(
    catalog,
    `import { createMetrics } from "@rumkit/browser";
     globalThis.start = (options) => (globalThis.metrics = createMetrics(options));`,
  );
  onTestFinished(() => server.stop());
  const page = await browser.newPage();
  const said: string[] = [];
  page.on("console", (message) => {
    if (message.text().startsWith("[rumkit]")) said.push(message.text());
  });
  await page.goto(`${server.origin}/`);
  // The second batch has no good event, and is refused as a whole.
  await page.evaluate(`start(); for (let times = 0; times < 2; times += 1) {
    metrics.trackAction("add_to_crat", { category: "books" });
    metrics.trackAction("add_to_cart", { category: "book" });
    metrics.trackAction("add_to_cart");
    metrics.measure("size", Number.NaN);
    metrics.flush();
  } metrics.trackAction("remove"); metrics.flush()`);
  const sentences = [
    'trackAction("add_to_crat") was refused: unknown name. Did you mean "add_to_cart"?',
    'trackAction("add_to_cart") was refused: "category" cannot be "book". Known: books, games, music, tools.',
    'trackAction("add_to_cart") was refused: "category" is missing. Known: books, games, music, tools.',
    'measure("size") was refused: value must be a number from 0 to 1000000000000, not null.',
    'trackAction("remove") was refused: unknown name. Known: add_to_cart.',
  ];
  await expect.poll(() => said.toSorted()).toEqual(sentences.map((one) => `[rumkit] ${one}`).toSorted());
  await page.evaluate(`start({ url: "/nowhere" }).flush()`);
  await expect.poll(() => said.at(-1)).toBe("[rumkit] POST /nowhere: 404. Check url");
  await page.evaluate(`start({ debug: false }); metrics.trackAction("ad"); metrics.flush()`);
  await expect.poll(() => server.bodies.at(-1)).toContain('"ad"');
  expect(said).toHaveLength(6);
  await page.close();
});
