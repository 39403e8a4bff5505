import { defineCatalog } from "@rumkit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "../collector/createCollector.ts";

/** Far more than are learned or remembered. By hand: `PATHS=200000`. */
const PATHS = Number(process.env["PATHS"] ?? 20_000);
const EVENTS_OF_A_BATCH = 200;

test("pages without declared routes are counted by learned templates: bounded, and every view somewhere", async () => {
  const catalog = defineCatalog({ app: "shop", routes: [], learnRoutes: { max: 20 } });
  const { app, stop } = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => stop());
  const views = Array.from({ length: 100 }, (_, index) => ({
    type: "page_view",
    at: index,
    route:
      index % 2 === 0
        ? `/orders/${index}`
        : `/${"abcdefghij"[index % 10]}/${"klmnopqrst"[Math.floor(index / 10)]}`,
  }));
  const batch = { v: 1, id: "0".repeat(32), seq: 0, session: "1".repeat(32), sentAt: 0, events: views };
  const answer = await app.request("/collect", {
    method: "POST",
    body: JSON.stringify(batch),
    headers: { origin: "http://localhost", host: "localhost" },
  });
  expect(await answer.json()).toMatchObject({ accepted: 100 });
  const counted = [...(await scrape(app))].filter(([series]) => series.startsWith("rum_page_views_total"));
  const byRoute = new Map(counted.map(([series, value]) => [/route="([^"]*)"/.exec(series)?.[1], value]));
  expect(byRoute.get("/orders/:id")).toBe(50);
  expect(
    new Set(counted.filter(([, value]) => value > 0).map(([series]) => series)).size,
  ).toBeLessThanOrEqual(21);
  expect(counted.reduce((sum, [, value]) => sum + value, 0)).toBe(100);
});

test.each([
  ["words", (n: number) => `/${n.toString(36)}x/${(n * 7919).toString(36)}y`],
  ["numbers", (n: number) => `/orders/${n}`],
  ["UUIDs", (n: number) => `/carts/${n.toString(16).padStart(8, "0")}-58cc-4372-a567-0e02b2c3d479`],
  ["hashes", (n: number) => `/files/${n.toString(16).padStart(40, "a1b2c3d4")}`],
])(
  `${PATHS} paths that differ by %s make no more series than templates may be learned`,
  async (_by, path) => {
    const catalog = defineCatalog({ app: "shop", routes: [], learnRoutes: { max: 100 } });
    const { app, stop } = createCollector({ catalog, runtimeMetrics: false, rateLimits: { perApp: false } });
    onTestFinished(() => stop());
    const statuses = new Set<number>();
    for (let batch = 0; batch < PATHS / EVENTS_OF_A_BATCH; batch += 1) {
      const events = Array.from({ length: EVENTS_OF_A_BATCH }, (_, index) => ({
        type: "page_view",
        route: path(EVENTS_OF_A_BATCH * batch + index),
      }));
      const id = batch.toString(16).padStart(32, "0");
      const answer = await app.request("/collect", {
        method: "POST",
        body: JSON.stringify({ v: 1, id, session: "1".repeat(32), sentAt: 0, events }),
        headers: { origin: "http://localhost", host: "localhost" },
      });
      statuses.add(answer.status);
    }
    expect([...statuses]).toEqual([202]);
    const views = [...(await scrape(app))].filter(([series]) => series.startsWith("rum_page_views_total"));
    expect(views.reduce((sum, [, value]) => sum + value, 0)).toBe(PATHS);
    expect(views.length).toBeLessThanOrEqual(102);
  },
);
