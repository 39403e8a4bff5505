/**
 * The test that guards the project: a real Chromium walks the shop, a real Prometheus scrapes, and what
 * Prometheus and the live stream say is exactly what the test wrote down.
 */
import { execFileSync } from "node:child_process";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type BoardsRun,
  boundOf,
  compare,
  readAll,
  readBlogRevenue,
  runBoards,
} from "../support/boards/boardsRun.ts";
import { expectSoon } from "../support/expectSoon.ts";
import { EMPTY } from "../support/boards/emptyQueries.ts";
import { KEY_PANELS } from "../support/boards/keyPanels.ts";
import { type RuleFile, writeRecordings } from "../support/boards/recordings.ts";
import { type Blog, BOOK, startBlog } from "../support/boards/twoApps.ts";
import { launchChromium } from "../support/chromium.ts";
import { clickFast } from "../support/fastClicks.ts";
import {
  acceptedEvents,
  comparable,
  countedEvents,
  createLedger,
  type Ledger,
  type ReadSeries,
  type Totals,
} from "../support/ledger.ts";
import { type LiveViewer, watchLive } from "../support/liveViewer.ts";
import { observed, timers } from "../support/pageTime.ts";
import { type RunningPrometheus, startPrometheus } from "../support/prometheus.ts";
import { type RunningShop, startShop } from "../support/shop.ts";
import { type RunningVictoriaMetrics, startVictoriaMetrics } from "../support/victoriaMetrics.ts";

/** A click is dead after two seconds without an effect. */
const DEAD_CLICK_MS = 2_000;

/** The time of the payment's answer. */
const PAYMENT =
  'rum_api_request_duration_seconds_count{api_endpoint="/api/checkout",method="POST",status="2xx"}';

/** A form is submitted if it was not rejected for a second. */
const FORM_REFUSAL_MS = 1_000;

/** Opens the shop in a new browser profile, as a new visitor. */
async function visit(
  browser: Browser,
  shop: RunningShop,
  ledger: Ledger,
  options?: BrowserContextOptions,
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto(`${shop.origin}/`);
  await page.getByTestId("product-salt-roads").waitFor();
  await observed(page, "largest-contentful-paint");
  ledger.add("rum_sessions_total", {});
  ledger.add("rum_page_views_total", { route: "/" });
  addCall(ledger, "/api/products");
  for (const vital of ["rum_lcp_seconds", "rum_cls_score", "rum_fcp_seconds", "rum_ttfb_seconds"]) {
    ledger.add(`${vital}_count`, { route: "/" });
  }
  return page;
}

/** A request of the page that was answered well. */
function addCall(ledger: Ledger, endpoint: string, method = "GET"): void {
  ledger.add("rum_api_request_duration_seconds_count", { api_endpoint: endpoint, method, status: "2xx" });
}

/** The steps of the shop's funnel, each once a session. */
const FUNNEL = ["page_view:/product/:id", "action:add_to_cart", "page_view:/checkout", "page_view:/thanks"];

/** A session that came as far as so many steps. */
function addFunnel(ledger: Ledger, steps: number): void {
  for (const [index, event] of FUNNEL.slice(0, steps).entries())
    ledger.add("rum_funnel_sessions_total", { funnel: "checkout", step: String(index + 1), event });
}

async function openProduct(page: Page, ledger: Ledger, id: string): Promise<void> {
  await page.getByTestId(`product-${id}`).click();
  await page.getByTestId("add-to-cart").waitFor();
  ledger.add("rum_clicks_total", { element: "tag:a" });
  ledger.add("rum_page_views_total", { route: "/product/:id" });
  addCall(ledger, "/api/products/:id");
}

async function addToCart(page: Page, ledger: Ledger, category: string): Promise<void> {
  await page.getByTestId("add-to-cart").click();
  ledger.add("rum_clicks_total", { element: "add_to_cart" });
  ledger.add("rum_actions_total", { action: "add_to_cart", category });
}

async function follow(
  page: Page,
  ledger: Ledger,
  testId: string,
  element: string,
  route: string,
): Promise<void> {
  await page.getByTestId(testId).click();
  await page.waitForURL(`**${route}`);
  ledger.add("rum_clicks_total", { element });
  ledger.add("rum_page_views_total", { route });
}

/** The events that a viewer of the live stream has seen, as far as a ledger can know it. */
async function seen(viewer: LiveViewer): Promise<Totals> {
  return comparable(readLive(viewer));
}

function readLive(viewer: LiveViewer): ReadSeries[] {
  return viewer.totals().map(({ metric, labels, value, sum }) => ({
    name: sum === undefined ? metric : `${metric}_count`,
    labels,
    value,
  }));
}

/** The samples in Prometheus, once a scrape is younger than the last event. */
async function scraped(prometheus: RunningPrometheus): Promise<Totals> {
  return comparable(await readPrometheus(prometheus));
}

async function readPrometheus(prometheus: RunningPrometheus): Promise<ReadSeries[]> {
  const series = await prometheus.query('{job="shop"}');
  return series.map(
    ({ labels: { __name__: name = "", job: _job, instance: _instance, ...labels }, value }) => ({
      name,
      labels,
      value,
    }),
  );
}

function testPurchase(): void {
  let browser: Browser;
  let shop: RunningShop;
  let prometheus: RunningPrometheus;
  let victoria: RunningVictoriaMetrics;
  let blog: Blog;
  let recordings: RuleFile;
  let viewer: LiveViewer;
  const ledger = createLedger();

  beforeAll(async () => {
    browser = await launchChromium();
    shop = await startShop();
    blog = await startBlog();
    const targets = { shop: shop.origin, canary: shop.origin, blog: blog.origin };
    recordings = await writeRecordings();
    prometheus = await startPrometheus(targets, [recordings.file]);
    victoria = await startVictoriaMetrics(targets, [recordings.file]);
    // What happens before the first scrape has no increase.
    for (const { query } of [prometheus, victoria]) {
      const isScraped = async () => expect(await query('up{job="shop"} == 1')).toHaveLength(1);
      await vi.waitFor(isScraped, { interval: 100, timeout: 100_000 });
    }
    viewer = await watchLive(shop.origin);
    await walk();
  });
  afterAll(async () => {
    await browser.close();
    await viewer.leave();
    await prometheus.stop();
    await victoria.stop();
    await blog.stop();
    await shop.stop();
    await recordings.remove();
  });

  /** Load, clicks in vain, a product, a search, another product, faults, a form left unsent, checkout, thanks, tab closed. */
  async function walk(): Promise<void> {
    const page = await visit(browser, shop, ledger);
    // The other visit does nothing on this page but leave it, which counts where the user gets to.
    ledger.add("rum_inp_seconds_count", { route: "/" });
    await clickInVain(page);
    await openProduct(page, ledger, "salt-roads");
    await addToCart(page, ledger, "books");
    await page.goBack();
    ledger.add("rum_page_views_total", { route: "/" });
    addCall(ledger, "/api/products");
    await search(page);
    await openProduct(page, ledger, "harbour-lights");
    await addToCart(page, ledger, "games");
    await addToCart(page, ledger, "games");

    await breakThings(page);

    await follow(page, ledger, "login-link", "tag:a", "/login");
    await page.getByLabel("E-mail").fill("fox@shop.example");
    ledger.add("rum_form_starts_total", { form: "login" });
    await follow(page, ledger, "cart-link", "cart", "/cart");
    ledger.add("rum_form_abandons_total", { form: "login" });
    await follow(page, ledger, "checkout", "checkout", "/checkout");
    ledger.add("rum_conversions_total", { conversion: "checkout_intent" });
    ledger.add(
      "rum_conversion_value_total",
      { conversion: "checkout_intent", currency: "USD" },
      19.99 + 2 * 34.5,
    );
    await page.getByTestId("pay-with-paypal").check();
    // A click within a form that has a name, on what has none.
    ledger.add("rum_clicks_total", { element: "tag:input" });
    ledger.add("rum_form_starts_total", { form: "checkout" });
    await page.getByTestId("pay").click();
    await page.waitForURL("**/thanks");
    ledger.add("rum_clicks_total", { element: "pay" });
    ledger.add("rum_form_submissions_total", { form: "checkout" });
    addCall(ledger, "/api/checkout", "POST");
    ledger.add("rum_page_views_total", { route: "/thanks" });
    addFunnel(ledger, 4);
    ledger.add("conversions_total", { conversion: "purchase", payment_method: "paypal" });
    ledger.add("revenue_total", { conversion: "purchase", currency: "USD" }, 19.99 + 2 * 34.5);
    await page.close();
  }

  /** Once and patiently, then three times in a row. */
  async function clickInVain(page: Page): Promise<void> {
    const button = page.getByTestId("do-nothing");
    // A scroll or a request that comes after the click would be its effect.
    await button.scrollIntoViewIfNeeded();
    await page.waitForLoadState("networkidle");
    await button.click();
    await timers(page, DEAD_CLICK_MS);
    ledger.add("rum_dead_clicks_total", { element: "do_nothing" });
    await clickFast(page, button, 3);
    ledger.add("rum_rage_clicks_total", { element: "do_nothing" });
    ledger.add("rum_clicks_total", { element: "do_nothing" }, 4);
  }

  /** The search sends itself when the visitor stops typing. */
  async function search(page: Page): Promise<void> {
    // The list is back: else it would be missing already, and the search never waited for.
    await page.getByTestId("product-salt-roads").waitFor();
    await page.getByTestId("search").fill("harbour");
    await page.getByTestId("product-salt-roads").waitFor({ state: "detached" });
    ledger.add("rum_form_starts_total", { form: "search" });
    ledger.add("rum_form_submissions_total", { form: "search" });
    addCall(ledger, "/api/products");
    ledger.add("rum_actions_total", { action: "search" });
    ledger.add("rum_search_duration_seconds_count", {});
  }

  async function breakThings(page: Page): Promise<void> {
    const route = "/product/:id";
    await page.getByTestId("throw-error").click();
    ledger.add("rum_clicks_total", { element: "throw_error" });
    ledger.add("rum_error_clicks_total", { element: "throw_error" });
    ledger.add("rum_js_errors_total", { route, source: "uncaught" });
    await page.getByTestId("reject-promise").click();
    ledger.add("rum_clicks_total", { element: "reject_promise" });
    ledger.add("rum_error_clicks_total", { element: "reject_promise" });
    ledger.add("rum_unhandled_rejections_total", { route });
    // The boundary and the root both see it.
    await page.getByTestId("break-render").click();
    ledger.add("rum_clicks_total", { element: "break_render" });
    ledger.add("rum_error_clicks_total", { element: "break_render" });
    ledger.add("rum_js_errors_total", { route, source: "react" });
    const failed = page.waitForResponse("**/api/fail");
    await page.getByTestId("call-fail").click();
    await failed;
    ledger.add("rum_clicks_total", { element: "call_fail" });
    const call = { api_endpoint: "/api/fail", method: "GET" };
    ledger.add("rum_api_request_duration_seconds_count", { ...call, status: "5xx" });
    ledger.add("rum_api_errors_total", { ...call, kind: "5xx" });
    const missed = page.waitForResponse("**/missing-1.png");
    await page.getByTestId("miss-picture").click();
    await missed;
    ledger.add("rum_clicks_total", { element: "miss_picture" });
    ledger.add("rum_resource_errors_total", { kind: "img" });
  }

  test("the live stream says exactly what happened, to who watched and to who comes late", async () => {
    await expectSoon(() => seen(viewer)).toEqual(ledger.totals);
    const late = await watchLive(shop.origin);
    expect(await seen(late)).toEqual(ledger.totals);
    await late.leave();
  });

  test("Prometheus says exactly what happened, revenue to the cent", async () => {
    await expectSoon(() => scraped(prometheus)).toEqual(ledger.totals);
    expect(await prometheus.query('sum(revenue_total{job="shop"})')).toMatchObject([{ value: 88.99 }]);
  });

  test("what was accepted is what is counted, event by event", async () => {
    const live = readLive(viewer);
    expect(countedEvents(live)).toBeGreaterThan(50);
    expect(acceptedEvents(live)).toBe(countedEvents(live));
    // What is new is 0 in the first scrape that has it.
    const stored = async () => {
      const read = await readPrometheus(prometheus);
      return { counted: countedEvents(read), accepted: acceptedEvents(read) };
    };
    const expected = { counted: countedEvents(live), accepted: countedEvents(live) };
    await expectSoon(stored).toEqual(expected);
  });

  describe("the boards, when two apps are scraped and one of them under two jobs", () => {
    let run: BoardsRun;
    beforeAll(async () => {
      run = await runBoards({ prometheus, victoria }, shop.origin, blog);
    });

    test("offer the jobs of the app alone, and the instances of the chosen job", async () => {
      for (const { board, variables } of run.views.flatMap((view) => view.boards)) {
        expect(variables["job"]?.offered, board).toEqual(["canary", "shop"]);
        expect(variables["instance"]?.offered, board).toEqual([new URL(shop.origin).host]);
      }
    });

    test.each(["Prometheus", "VictoriaMetrics"])("have data in %s, query by query", async (engine) => {
      const view = run.views.find((each) => each.engine === engine && each.job === "shop")!;
      const shown = await readAll(view);
      expect(shown.length).toBeGreaterThan(60);
      const namesOf = (queries: typeof shown) => queries.map(({ query }) => query).toSorted();
      const empty = shown.filter(({ values }) => values.length === 0);
      // Prometheus takes no samples of the past.
      const isUnknown = ({ isOfLastWeek }: (typeof shown)[number]) => isOfLastWeek && engine === "Prometheus";
      expect(namesOf(empty.filter((each) => !isUnknown(each)))).toEqual(Object.keys(EMPTY).toSorted());
      expect(namesOf(empty.filter(isUnknown))).toEqual(namesOf(shown.filter(isUnknown)));
    });

    test.each([
      ["Prometheus", "shop"],
      ["Prometheus", "canary"],
      ["VictoriaMetrics", "shop"],
    ])("show in %s what the counters of the job %s grew by", async (engine, job) => {
      const view = run.views.find((each) => each.engine === engine && each.job === job)!;
      for (const panel of KEY_PANELS) {
        const { expected, shown } = await compare(view, panel);
        expect(Object.keys(expected).length, panel.query).toBeGreaterThan(0);
        expect(Object.keys(shown).toSorted(), panel.query).toEqual(Object.keys(expected).toSorted());
        const bound = await boundOf(view, panel);
        for (const [labels, value] of Object.entries(expected)) {
          const isNear = Math.abs(shown[labels]! - value) <= value * bound;
          expect(isNear, `${panel.query} ${labels} is ${shown[labels]}, not ${value}`).toBe(true);
        }
      }
    });

    test("of the other app show its own revenue alone", async () => {
      const { shown, books } = await readBlogRevenue(run);
      expect(shown).toHaveLength(1);
      // Its scrapes are at other moments of a second than the shop's, so that a part of a second is extrapolated.
      expect(Math.round(shown[0]! / BOOK)).toBe(books);
    });
  });

  test("promtool has nothing to say about the metrics", async () => {
    const text = await (await fetch(`${shop.origin}/metrics`)).text();
    const promtool = process.env["PROMTOOL_PATH"] ?? "promtool";
    expect(execFileSync(promtool, ["check", "metrics"], { input: text, encoding: "utf8" })).toBe("");
  });
}

function testPayment(): void {
  let browser: Browser;
  let shop: RunningShop;
  let prometheus: RunningPrometheus;
  let viewer: LiveViewer;
  const ledger = createLedger();

  beforeAll(async () => {
    browser = await launchChromium();
    shop = await startShop();
    prometheus = await startPrometheus(shop.origin);
    viewer = await watchLive(shop.origin);
    const page = await visit(browser, shop, ledger, { colorScheme: "dark" });
    ledger.add("rum_feature_usage_total", { feature: "dark_mode" });
    await openProduct(page, ledger, "slow-weather");
    await addToCart(page, ledger, "music");
    await follow(page, ledger, "cart-link", "cart", "/cart");
    await follow(page, ledger, "checkout", "checkout", "/checkout");
    await page.getByTestId("currency").selectOption("EUR");
    ledger.add("rum_feature_usage_total", { feature: "currency_choice" });
    ledger.add("rum_form_starts_total", { form: "checkout" });
    // Told when the page came up, in the currency of that moment.
    ledger.add("rum_conversions_total", { conversion: "checkout_intent" });
    ledger.add("rum_conversion_value_total", { conversion: "checkout_intent", currency: "USD" }, 12.5);
    // The answer is held: with a quick one the page would show its thanks before it is closed.
    const devtools = await page.context().newCDPSession(page);
    const patterns = [{ urlPattern: "*/api/checkout", requestStage: "Response" as const }];
    await devtools.send("Fetch.enable", { patterns });
    const paid = new Promise((resolve) => devtools.once("Fetch.requestPaused", resolve));
    await page.getByTestId("pay").click();
    await paid;
    // Until then a form may still be rejected. A busy machine may leave the page no time for an exit, see page.md.
    await timers(page, FORM_REFUSAL_MS);
    await page.close();
    ledger.add("rum_form_submissions_total", { form: "checkout" });
    addFunnel(ledger, 3);
    ledger.add("rum_clicks_total", { element: "pay" });
    ledger.add("conversions_total", { conversion: "purchase", payment_method: "card" });
    ledger.add("revenue_total", { conversion: "purchase", currency: "EUR" }, 11.99);
  });
  afterAll(async () => {
    await browser.close();
    await viewer.leave();
    await prometheus.stop();
    await shop.stop();
  });

  test("loses nothing, on the live stream and in Prometheus", async () => {
    await expectSoon(async () => apartFromAnswer(await seen(viewer))).toEqual(ledger.totals);
    await expectSoon(async () => apartFromAnswer(await scraped(prometheus))).toEqual(ledger.totals);
  });

  test("and nothing comes twice: the browser has ended, so nothing is on its way", async () => {
    await browser.close();
    const late = await watchLive(shop.origin);
    expect(apartFromAnswer(await seen(late))).toEqual(ledger.totals);
    await late.leave();
    const ended = Date.now() / 1_000;
    // A busy machine may miss a scrape, after which every series is gone until the next one.
    const scrapedAt = async () => (await prometheus.query("timestamp(up == 1)"))[0]?.value;
    await expectSoon(scrapedAt).toBeGreaterThan(ended);
    await expectSoon(async () => apartFromAnswer(await scraped(prometheus))).toEqual(ledger.totals);
  });
}

/**
 * Closing the tab lets the held answer go, and a page that has a moment left times it: once, if at all. Everything else is
 * exact.
 */
function apartFromAnswer(totals: Totals): Totals {
  const { [PAYMENT]: answers = 1, ...others } = totals;
  return answers === 1 ? others : totals;
}

// Both wait for scrapes most of the time, so they run beside each other.
describe.concurrent.each([
  ["a visit that ends with a purchase and a closed tab", testPurchase],
  ["a tab that is closed while its payment is on the way", testPayment],
] as const)("%s", (_title, run) => {
  describe("in turn", { concurrent: false }, run);
});
