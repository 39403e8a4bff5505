import { defineCatalog } from "@rumkit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { scrape } from "../../../../test/scrape.ts";
import { createCollector } from "../createCollector.ts";

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
