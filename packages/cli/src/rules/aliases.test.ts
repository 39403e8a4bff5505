import { expect, test } from "vitest";
import { renderAliases } from "./aliases.ts";
import { createPromql } from "../promql/promql.ts";
import { scopeOfRules } from "../promql/scope.ts";
import { describeMetrics } from "@rumkit/server";

test("an older board finds its names, each from a series that exists", () => {
  const rules = renderAliases(
    createPromql(describeMetrics({ app: "shop", routes: ["/"] }), scopeOfRules({ app: "shop" })),
  );
  expect(Object.fromEntries(rules.map(({ record, expr }) => [record, expr]))).toEqual({
    frontend_page_views_total: 'rum_page_views_total{job="shop"}',
    frontend_button_clicks_total: 'rum_clicks_total{job="shop"}',
    frontend_page_load_duration_seconds_bucket: 'rum_page_load_seconds_bucket{job="shop",phase="load"}',
    frontend_page_load_duration_seconds_sum: 'rum_page_load_seconds_sum{job="shop",phase="load"}',
    frontend_page_load_duration_seconds_count: 'rum_page_load_seconds_count{job="shop",phase="load"}',
  });
});

test("without the metric there is no alias", () => {
  expect(renderAliases(createPromql([], scopeOfRules({ app: "shop" })))).toEqual([]);
});

test("an alias of the catalog is not recorded a second time", () => {
  const catalog = {
    app: "shop",
    routes: ["/"],
    aliases: { frontend_page_views_total: "rum_page_views_total" },
  };
  const rules = renderAliases(createPromql(describeMetrics(catalog), scopeOfRules(catalog)));
  expect(rules.map(({ record }) => record)).not.toContain("frontend_page_views_total");
  expect(rules.map(({ record }) => record)).toContain("frontend_button_clicks_total");
});
