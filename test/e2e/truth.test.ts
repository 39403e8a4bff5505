/**
 * The test that guards the project: a real Chromium walks the shop, a real Prometheus scrapes, and what
 * Prometheus and the live stream say is exactly what the test wrote down.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { dashboardExpressions } from "@rumkit/server";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { comparable, createLedger, type Ledger, type Totals } from "./ledger.ts";
import { type LiveViewer, watchLive } from "./liveViewer.ts";
import { type RunningPrometheus, startPrometheus } from "./prometheus.ts";
import { type RunningShop, startShop } from "./shop.ts";

const GENERATED = join(import.meta.dirname, "../../deploy/generated");

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** Opens the shop in a browser profile of its own, as a new visitor. */
async function visit(shop: RunningShop, ledger: Ledger): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${shop.origin}/`);
  await page.getByTestId("product-salt-roads").waitFor();
  // The main content is painted; what the browser tells of it comes a frame later.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))));
  ledger.add("rum_sessions_total", {});
  ledger.add("rum_page_views_total", { route: "/" });
  for (const vital of [
    "rum_lcp_seconds",
    "rum_inp_seconds",
    "rum_cls_score",
    "rum_fcp_seconds",
    "rum_ttfb_seconds",
  ]) {
    ledger.add(`${vital}_count`, { route: "/" });
  }
  return page;
}

async function openProduct(page: Page, ledger: Ledger, id: string): Promise<void> {
  await page.getByTestId(`product-${id}`).click();
  await page.getByTestId("add-to-cart").waitFor();
  ledger.add("rum_page_views_total", { route: "/product/:id" });
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

/** Events that pages reported: what the collector's own count has to come to. */
function reportedEvents(totals: Totals): number {
  const reported = Object.entries(totals).filter(([series]) => /^rum_(?!conversion_value)/.test(series));
  return reported.reduce((sum, [, value]) => sum + value, 0);
}

/** What a viewer of the live stream has seen, as far as a ledger can know it. */
async function seen(viewer: LiveViewer): Promise<Totals> {
  return comparable(
    viewer.totals().map(({ metric, labels, value, sum }) => ({
      name: sum === undefined ? metric : `${metric}_count`,
      labels,
      value,
    })),
  );
}

/** What Prometheus has stored, once a scrape is younger than the last event. */
async function scraped(prometheus: RunningPrometheus): Promise<Totals> {
  const series = await prometheus.query('{job="rumkit"}');
  return comparable(
    series.map(({ labels: { __name__: name = "", job: _job, instance: _instance, ...labels }, value }) => ({
      name,
      labels,
      value,
    })),
  );
}

/** Beacons of a closed tab arrive a moment after it is gone. Ends as soon as the totals agree. */
async function settle(read: () => Promise<Totals>, expected: Totals): Promise<Totals> {
  let totals = await read();
  for (
    let tries = 0;
    tries < 50 && JSON.stringify(sorted(totals)) !== JSON.stringify(sorted(expected));
    tries += 1
  ) {
    await wait(100);
    totals = await read();
  }
  return totals;
}

function sorted(totals: Totals): [string, number][] {
  return Object.entries(totals).toSorted(([a], [b]) => a.localeCompare(b));
}

describe("a visit that ends with a purchase and a closed tab", () => {
  let shop: RunningShop;
  let prometheus: RunningPrometheus;
  let viewer: LiveViewer;
  const ledger = createLedger();

  beforeAll(async () => {
    shop = await startShop();
    prometheus = await startPrometheus(shop.origin, [join(GENERATED, "rules/shop.yaml")]);
    // What happens before the first scrape has no increase.
    await settleQuery('up{job="rumkit"} == 1');
    viewer = await watchLive(shop.origin);
    await walk();
    ledger.add("rum_events_accepted_total", {}, reportedEvents(ledger.totals));
  });
  afterAll(async () => {
    await viewer.leave();
    await prometheus.stop();
    await shop.stop();
  });

  /** Load, two products, a search, an error, a rejection, checkout, thanks, tab closed. */
  async function walk(): Promise<void> {
    const page = await visit(shop, ledger);
    await openProduct(page, ledger, "salt-roads");
    await addToCart(page, ledger, "books");
    await page.goBack();
    ledger.add("rum_page_views_total", { route: "/" });
    await openProduct(page, ledger, "harbour-lights");
    await addToCart(page, ledger, "games");
    await addToCart(page, ledger, "games");

    await page.getByTestId("throw-error").click();
    ledger.add("rum_clicks_total", { element: "throw_error" });
    ledger.add("rum_js_errors_total", { route: "/product/:id", source: "uncaught" });
    await page.getByTestId("reject-promise").click();
    ledger.add("rum_clicks_total", { element: "reject_promise" });
    ledger.add("rum_unhandled_rejections_total", { route: "/product/:id" });

    await follow(page, ledger, "cart-link", "cart", "/cart");
    await follow(page, ledger, "checkout", "checkout", "/checkout");
    ledger.add("rum_conversions_total", { conversion: "checkout_intent" });
    ledger.add(
      "rum_conversion_value_total",
      { conversion: "checkout_intent", currency: "USD" },
      19.99 + 2 * 34.5,
    );
    await page.getByTestId("pay-with-paypal").check();
    await page.getByTestId("pay").click();
    await page.waitForURL("**/thanks");
    ledger.add("rum_clicks_total", { element: "pay" });
    ledger.add("rum_page_views_total", { route: "/thanks" });
    ledger.add("conversions_total", { conversion: "purchase", payment_method: "paypal" });
    ledger.add("revenue_total", { conversion: "purchase", currency: "USD" }, 19.99 + 2 * 34.5);
    await page.close();
  }

  test("the live stream says exactly what happened, to who watched and to who comes late", async () => {
    expect(await settle(() => seen(viewer), ledger.totals)).toEqual(ledger.totals);
    const late = await watchLive(shop.origin);
    expect(await seen(late)).toEqual(ledger.totals);
    await late.leave();
  });

  test("Prometheus says exactly what happened, revenue to the cent", async () => {
    expect(await settle(() => scraped(prometheus), ledger.totals)).toEqual(ledger.totals);
    expect(await prometheus.query("sum(revenue_total)")).toMatchObject([{ value: 88.99 }]);
  });

  test("every expression of the dashboard returns data", async () => {
    const board = readFileSync(join(GENERATED, "dashboards/business-overview.json"), "utf8");
    const expressions = dashboardExpressions(JSON.parse(board));
    expect(expressions.length).toBeGreaterThan(10);
    for (const { panel, expr } of expressions) {
      const result = await settleQuery(expr.replaceAll("$__rate_interval", "1m"));
      expect(result, `${panel}: ${expr}`).not.toEqual([]);
    }
  });

  /** A rate needs two scrapes, and requests between them: the walk may have been faster than a scrape. */
  async function settleQuery(expression: string): Promise<unknown[]> {
    let result = await prometheus.query(expression);
    for (let tries = 0; tries < 40 && result.length === 0; tries += 1) {
      await fetch(`${shop.origin}/api/products`);
      await wait(200);
      result = await prometheus.query(expression);
    }
    return result;
  }

  test("promtool has nothing to say about the metrics", async () => {
    const text = await (await fetch(`${shop.origin}/metrics`)).text();
    const promtool = process.env["PROMTOOL_PATH"] ?? "promtool";
    expect(execFileSync(promtool, ["check", "metrics"], { input: text, encoding: "utf8" })).toBe("");
  });
});

describe("a tab that is closed right after the click that pays", () => {
  let shop: RunningShop;
  let prometheus: RunningPrometheus;
  let viewer: LiveViewer;
  const ledger = createLedger();

  beforeAll(async () => {
    shop = await startShop();
    prometheus = await startPrometheus(shop.origin);
    viewer = await watchLive(shop.origin);
    const page = await visit(shop, ledger);
    await openProduct(page, ledger, "slow-weather");
    await addToCart(page, ledger, "music");
    await follow(page, ledger, "cart-link", "cart", "/cart");
    await follow(page, ledger, "checkout", "checkout", "/checkout");
    await page.getByTestId("currency").selectOption("EUR");
    // Told when the page came up, in the currency of that moment.
    ledger.add("rum_conversions_total", { conversion: "checkout_intent" });
    ledger.add("rum_conversion_value_total", { conversion: "checkout_intent", currency: "USD" }, 12.5);
    const paid = page.waitForRequest("**/api/checkout");
    await page.getByTestId("pay").click();
    await paid;
    await page.close();
    ledger.add("rum_clicks_total", { element: "pay" });
    ledger.add("conversions_total", { conversion: "purchase", payment_method: "card" });
    ledger.add("revenue_total", { conversion: "purchase", currency: "EUR" }, 11.99);
    ledger.add("rum_events_accepted_total", {}, reportedEvents(ledger.totals));
  });
  afterAll(async () => {
    await viewer.leave();
    await prometheus.stop();
    await shop.stop();
  });

  test("loses nothing, on the live stream and in Prometheus", async () => {
    expect(await settle(() => seen(viewer), ledger.totals)).toEqual(ledger.totals);
    expect(await settle(() => scraped(prometheus), ledger.totals)).toEqual(ledger.totals);
  });

  test("and nothing comes twice: what is also sent again would be here by now", async () => {
    await wait(1_500);
    expect(await seen(viewer)).toEqual(ledger.totals);
    expect(await scraped(prometheus)).toEqual(ledger.totals);
  });
});
