import type { Catalog } from "@rumkit/protocol";
import { learnedNamesAtMost } from "./names.ts";
import { primaryConversion } from "./primaryConversion.ts";

/** The figures that every live page has. */
const ALWAYS = [
  "active_sessions",
  "sessions_today",
  "page_views_per_second",
  "lcp_p75",
  "inp_p75",
  "cls_p75",
  "error_rate",
  "errors",
  "requests_per_second",
  "request_error_ratio",
  "request_errors",
  "request_duration_p95",
];

/** Returns the names of the figures of a catalog's live page, without those that are learned. */
export function figureNames(catalog: Catalog): readonly string[] {
  const {
    conversions = {},
    actions = {},
    measurements = {},
    gauges = {},
    endpoints = [],
    live = {},
  } = catalog;
  const currencies = Object.values(conversions).flatMap(({ from, value }) =>
    from === "server" ? (value?.money ?? []) : [],
  );
  const hasApi = endpoints.length > 0 || learnedNamesAtMost(catalog) > 0;
  return [
    ...ALWAYS,
    ...(hasApi ? ["api_error_ratio", "api_calls", "api_failures"] : []),
    ...(primaryConversion(catalog) ? ["conversion_rate"] : []),
    ...new Set(currencies.map((currency) => `revenue_today_${currency.toLowerCase()}`)),
    ...Object.keys(conversions).map((name) => `conversion_${name}_today`),
    ...Object.keys(actions).map((name) => `action_${name}_today`),
    ...Object.keys(measurements).flatMap((name) => [`measurement_${name}_today`, `measurement_${name}_p75`]),
    ...Object.entries(gauges).flatMap(([name, { outOf }]) => [
      `gauge_${name}`,
      ...(outOf === undefined ? [] : [`gauge_${name}_share`]),
    ]),
    ...cardNames(live.cards, "card"),
    ...cardNames(live.charts, "chart"),
  ];
}

function cardNames(entries: object = {}, prefix: string): string[] {
  return Object.entries(entries).flatMap(([name, entry]) => ("figure" in entry ? [] : [`${prefix}_${name}`]));
}
