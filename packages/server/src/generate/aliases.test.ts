import { expect, test } from "vitest";
import { describeMetrics } from "../metrics/describeMetrics.ts";
import { renderAliases } from "./aliases.ts";

test("an older board finds its names, each from a series that exists", () => {
  const rules = renderAliases(describeMetrics({ app: "shop", routes: ["/"] }));
  expect(Object.fromEntries(rules.map(({ record, expr }) => [record, expr]))).toEqual({
    frontend_page_views_total: "rum_page_views_total",
    frontend_button_clicks_total: "rum_clicks_total",
    frontend_page_load_duration_seconds_bucket: 'rum_page_load_seconds_bucket{phase="load"}',
    frontend_page_load_duration_seconds_sum: 'rum_page_load_seconds_sum{phase="load"}',
    frontend_page_load_duration_seconds_count: 'rum_page_load_seconds_count{phase="load"}',
  });
});

test("without the metric there is no alias", () => {
  expect(renderAliases([])).toEqual([]);
});
