/** No catalog anywhere: what a page reports by name is counted, shown live, and in a real Prometheus. */
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { changesOfVisits, scrape } from "../support/scrape.ts";
import { launchShell } from "../support/chromium.ts";
import { type PageServer, startPageServer } from "../support/pageServer.ts";
import { startPrometheus } from "../support/prometheus.ts";
import { bundlePage } from "../support/reactPages/bundlePage.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchShell();
});
afterAll(() => browser.close());

let server: PageServer;
afterEach(() => server.stop());

const PLAIN = `
  import { createMetrics } from "@rumkit/browser";
  const { trackAction, trackConversion, measure, trackFeature } = createMetrics();
  const button = document.body.appendChild(document.createElement("button"));
  button.onclick = () => {
    trackAction("add_to_cart", { productId: 7, price: 19.99 });
    trackConversion("cart_addition", 1);
    trackConversion("wish", { value: 19.99, currency: "USD" });
    measure("searchTime", 0.25);
    trackFeature("darkMode");
  };`;

const COUNTED = {
  'rum_actions_total{action="add_to_cart"}': 1,
  'rum_conversions_total{conversion="cart_addition"}': 1,
  'rum_conversions_total{conversion="wish"}': 1,
  'rum_conversion_value_total{conversion="wish",currency="USD"}': 19.99,
  'rum_measured_values_total{measurement="search_time"}': 1,
  'rum_measured_sum_total{measurement="search_time"}': 0.25,
  'rum_feature_usage_total{feature="dark_mode"}': 1,
};

test.each([
  ["createMetrics()", async () => PLAIN],
  ["a bare MetricsProvider", () => bundlePage("bare.tsx", "production")],
])("%s: one click is counted, and shown live", async (_client, codeOf) => {
  server = await startPageServer(undefined, await codeOf());
  const { app } = server.collector;
  const before = await scrape(app);
  const live = await browser.newPage();
  await live.goto(`${server.origin}/realtime?view=events`);
  const page = await browser.newPage();
  await page.goto(`${server.origin}/product/7`);
  await page.click("button");
  // Not closed: that ends its context, and with it a request that is on its way.
  await page.goto("about:blank");
  const families = /^rum_(actions|conversion|measured|feature|events_rejected)/;
  await expect.poll(async () => changesOfVisits(before, await scrape(app), families)).toEqual(COUNTED);
  await live.getByText("cart_addition").first().waitFor();
  await live.close();
});

test("Prometheus has what was counted", async () => {
  server = await startPageServer(undefined, PLAIN);
  const prometheus = await startPrometheus(server.origin);
  const page = await browser.newPage();
  await page.goto(`${server.origin}/`);
  await page.click("button");
  // Not closed: that ends its context, and with it a request that is on its way.
  await page.goto("about:blank");
  await expect
    .poll(async () => prometheus.query('rum_actions_total{action="add_to_cart"}'))
    .toMatchObject([{ value: 1 }]);
  await prometheus.stop();
});
