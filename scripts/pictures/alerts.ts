import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Catalog, defineCatalog } from "@rumkit/protocol";
import { type CollectorOptions, createCollector, serveCollector } from "@rumkit/server";
import type { Browser, Page } from "playwright-core";
import { catalog } from "../../examples/shop/catalog.ts";
import { freePort } from "../../test/support/freePort.ts";
import { openPage, takeAll } from "./album.ts";
import { isFresh } from "./views.ts";

const TOKENS = { ann: "a-token-of-ann-for-pictures", bob: "a-token-of-bob-for-pictures" };

/** Alerts that fire on a few minutes of fast numbers. */
const alarmed: Catalog = defineCatalog({
  ...catalog,
  alerts: {
    page_errors: {
      when: { increase: "rum_js_errors_total", over: "5m", above: 5 },
      severity: "critical",
      summary: "{value} errors in pages within 5 minutes.",
      runbook: "https://wiki.example/page-errors",
    },
    slow_pages: {
      when: { quantile: 0.75, of: "rum_lcp_seconds", above: 2.5 },
      severity: "warning",
      summary: "Three in four page views paint within {value}.",
    },
    few_visitors: {
      when: { gauge: "rum_active_sessions", below: 10 },
      for: "1h",
      severity: "warning",
      summary: "Fewer visitors than usual: {value}.",
    },
  },
});

/** Takes the view of the alerts: two fire, one is pending, an action has the first of its two approvals. */
export async function takeAlerts(browser: Browser): Promise<void> {
  const services = await startServices();
  const shop = await startAlarmedShop(services.origin);
  await shop.report();
  const page = await openPage(browser);
  await page.goto(`${shop.origin}/realtime?view=alerts#token=${TOKENS.ann}`);
  await page.locator(".alertList summary", { hasText: "ShopPageErrors" }).first().waitFor();
  await page.locator(".alertList summary", { hasText: "ShopSlowPages" }).first().waitFor();
  await shop.act("silences", {
    matchers: ["alertname=ShopFewVisitors"],
    why: "Few visitors at night.",
    endsAt: Date.now() + 8 * 3_600_000,
  });
  await approve(page);
  await page.locator(".alertList summary", { hasText: "ShopSlowPages" }).first().click();
  await page.getByText("failing").first().waitFor();
  await page.locator(".alertItem", { hasText: "Approved by ann." }).waitFor();
  await takeAll(page, "alerts", { until: isFresh });
  await page.close();
  await shop.close();
  services.close();
}

async function approve(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Approve…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Reason").fill("The new release is the reason.");
  await dialog.locator("[type=submit]").click();
  await dialog.waitFor({ state: "detached" });
}

/** The services that people read: a webhook that takes everything, and a chat that is overloaded. */
async function startServices(): Promise<{ origin: string; close: () => void }> {
  const server = createServer((request, response) => {
    response.statusCode = request.url === "/chat" ? 503 : 200;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}

async function startAlarmedShop(services: string) {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const options: CollectorOptions<Catalog> = {
    catalog: alarmed,
    bots: "count",
    allowedOrigins: [origin],
    access: {
      open: ["collect"],
      tokens: Object.entries(TOKENS).map(([name, secret]) => ({ name, secret, scopes: ["alerts"] })),
    },
    alerts: {
      receivers: {
        oncall: { type: "webhook", url: `${services}/oncall` },
        chat: { type: "slack", url: `${services}/chat` },
      },
      actions: {
        rollback: { match: ["alertname=ShopPageErrors"], url: `${services}/rollback`, approvals: 2 },
      },
      allowPrivateAddresses: ["127.0.0.0/8"],
    },
  };
  const collector = createCollector(options);
  const server = serveCollector({ collector, port });
  await once(server, "listening");
  const post = (path: string, token: string, body: object): Promise<Response> =>
    fetch(`${origin}/${path}`, {
      method: "POST",
      headers: { origin, "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
  return {
    origin,
    /** Sends batches of slow pages with errors, one per second, so that the chart has a line. */
    report: async () => {
      for (let batch = 0; batch < 12; batch += 1) {
        await post("collect", TOKENS.ann, batchOf(batch));
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    },
    act: (path: string, body: object) => post(`realtime/${path}`, TOKENS.bob, body),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await collector.stop();
    },
  };
}

/** Pages become slower with each batch. */
function batchOf(batch: number) {
  const slow = Array.from({ length: 8 }, (_, index) => ({
    type: "LCP",
    value: 1.6 + 0.25 * batch + 0.05 * index,
    route: "/",
  }));
  const errors = { type: "error", source: "uncaught", name: "TypeError", message: "price of undefined" };
  const events = [{ type: "page_view", route: "/", navigation: "hard" }, ...slow, errors];
  const id = batch.toString(16).padStart(32, "0");
  return { v: 1, id, session: "f".repeat(32), sentAt: Date.now(), release: "1.4.0", events };
}
