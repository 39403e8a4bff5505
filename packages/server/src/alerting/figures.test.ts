import { type AlertCondition, defineCatalog } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { createCollector } from "../collector/createCollector.ts";
import { createFigureOf } from "./figures.ts";

const shop = defineCatalog({
  app: "my_shop",
  routes: ["/"],
  measurements: { search: { help: "Searches.", unit: "seconds", buckets: [0.1, 1] } },
  objectives: {
    reliable_api: { http: { errorsBelow: 0.01 } },
    fast_pages: { vital: "LCP", below: 2.5, ratio: 0.75 },
  },
});

const mine = (when: AlertCondition) =>
  createFigureOf({ ...shop, alerts: { mine: { when, severity: "warning" } } })("MyShopMine");

test.each<[AlertCondition, string, number]>([
  [{ quantile: 0.75, of: "rum_lcp_seconds", above: 2.5 }, "lcp_p75", 1],
  [{ quantile: 0.75, of: "rum_inp_seconds", above: 0.2 }, "inp_p75", 1_000],
  [{ quantile: 0.75, of: "rum_cls_score", above: 0.1 }, "cls_p75", 1],
  [{ quantile: 0.75, of: "rum_search_seconds", above: 1 }, "measurement_search_p75", 1],
  [{ quantile: 0.95, of: "http_request_duration_seconds", above: 1 }, "request_duration_p95", 1_000],
  [{ rate: "rum_page_views_total", below: 1 }, "page_views_per_second", 1],
  [{ rate: "http_requests_total", above: 100 }, "requests_per_second", 1],
])("%j compares %s", (when, name, scale) => {
  expect(mine(when)).toEqual({ name, scale });
});

test.each<AlertCondition>([
  { quantile: 0.95, of: "rum_lcp_seconds", above: 2.5 },
  { quantile: 0.75, of: "rum_lcp_seconds", labels: { route: "/" }, above: 2.5 },
  { quantile: 0.75, of: "rum_lcp_seconds", by: ["route"], above: 2.5 },
  { quantile: 0.75, of: "http_request_duration_seconds", above: 1 },
  { rate: "rum_page_views_total", below: 0.5, comparedTo: "7d" },
  { rate: "rum_js_errors_total", above: 0.5 },
  { increase: "rum_page_views_total", over: "1h", below: 1 },
  { gauge: "rum_active_sessions", below: 1 },
  { absent: "rum_page_views_total", over: "15m" },
])("%j compares another number than any figure", (when) => {
  expect(mine(when)).toBeUndefined();
});

test("an objective about requests has its limit in the chart of their errors, and one of a vital no figure", () => {
  const figureOf = createFigureOf(shop);
  expect(figureOf("MyShopReliableApiMissed")).toEqual({ name: "request_error_ratio", scale: 1 });
  expect(figureOf("MyShopFastPagesMissed")).toBeUndefined();
  expect(figureOf("MyShopReliableApiBudgetBurn")).toBeUndefined();
});

test("each of these figures is one of the live page", async () => {
  const collector = createCollector({ catalog: shop, runtimeMetrics: false });
  const reader = (await collector.app.request("/realtime/metrics")).body!.getReader();
  let text = "";
  while (!/data: .*\n\n/.test(text)) text += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  await collector.stop();
  const { figures } = JSON.parse(text.split("data: ")[1]!) as { figures: { name: string }[] };
  expect(figures.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "lcp_p75",
      "inp_p75",
      "cls_p75",
      "measurement_search_p75",
      "request_duration_p95",
      "request_error_ratio",
      "page_views_per_second",
      "requests_per_second",
    ]),
  );
});
