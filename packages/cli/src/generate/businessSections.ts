import { type Catalog, webVitals } from "@rumkit/protocol";
import { ratioOf, sumBy } from "./expression.ts";
import { describeBackendSections } from "./backendSections.ts";
import { describeMeasurements } from "./catalogSections.ts";
import { revenuePanels } from "./moneyPanels.ts";
import { describePageSections } from "./pageSections.ts";
import type { ColourStep, PanelQuery, PanelSection, PanelSpec } from "./panelSpec.ts";
import { httpRequests } from "./httpRequests.ts";
import { type Promql, RANGE, RATE_INTERVAL } from "./promql.ts";
import { ifKnown, ratesByPerMinute } from "./rateQueries.ts";
import type { MetricDescriptor } from "@rumkit/server";

const LCP = webVitals.LCP;

/** A vital is judged at its 75th percentile: web.dev/articles/defining-core-web-vitals-thresholds. */
const JUDGED_SHARE = 0.75;

const higherIsWorse: readonly ColourStep[] = [
  { value: null, color: "green" },
  { value: LCP.good, color: "orange" },
  { value: LCP.poor, color: "red" },
];
const lowerIsWorse: readonly ColourStep[] = [
  { value: null, color: "red" },
  { value: JUDGED_SHARE, color: "green" },
];

/** Returns the business overview of these metrics. A panel whose metrics are missing has no queries. */
export function describeBusinessSections(
  promql: Promql,
  descriptors: readonly MetricDescriptor[],
  measurements: Catalog["measurements"],
): PanelSection[] {
  return [
    {
      id: 1,
      title: "Business",
      panels: [
        pageViews(promql),
        activeSessions(promql),
        conversions(promql),
        conversionsInTotal(promql),
        conversionRate(promql, descriptors),
        ...revenuePanels(promql, descriptors),
      ],
    },
    { id: 2, title: "User experience", panels: [lcp(promql), goodLcp(promql), errors(promql)] },
    ...describePageSections(promql),
    describeMeasurements(promql, measurements),
    { id: 3, title: "Backend", panels: [requests(promql), failures(promql), duration(promql)] },
    ...describeBackendSections(promql, descriptors),
  ];
}

function pageViews(promql: Promql): PanelSpec {
  return {
    id: 11,
    title: "Page views per minute by route",
    description: "Page views, as pages report them, by route pattern.",
    type: "timeseries",
    queries: ratesByPerMinute(promql, "route", { rum_page_views_total: "{{route}}" }),
  };
}

function activeSessions(promql: Promql): PanelSpec {
  return {
    id: 12,
    title: "Active sessions",
    description:
      "Sessions that sent a batch in the last 5 minutes. A session that reports to two instances counts at both.",
    type: "stat",
    queries: ifKnown(promql, "rum_active_sessions", (metric) => ({
      expression: sumBy([], promql.gauge(metric)),
      legend: "sessions",
    })),
  };
}

function conversions(promql: Promql): PanelSpec {
  return {
    id: 13,
    title: "Conversions per minute by name",
    description:
      "Conversions. (backend) is authoritative; (page) is reported by browsers and may be incomplete or forged.",
    type: "timeseries",
    queries: ratesByPerMinute(promql, "conversion", {
      conversions_total: "{{conversion}} (backend)",
      rum_conversions_total: "{{conversion}} (page)",
    }),
  };
}

function conversionsInTotal(promql: Promql): PanelSpec {
  const inTotal = (family: string, legend: string): PanelQuery[] =>
    ifKnown(promql, family, (metric) => ({
      expression: sumBy(["conversion"], promql.increase(metric, RANGE)),
      legend,
    }));
  return {
    id: 17,
    title: "Conversions in total",
    description:
      "Conversions in the time shown. Prometheus estimates the time before the first and after the last scrape.",
    type: "stat",
    queries: [
      ...inTotal("conversions_total", "{{conversion}} (backend)"),
      ...inTotal("rum_conversions_total", "{{conversion}} (page)"),
    ],
  };
}

/** Computed over the whole time range: within one minute, most sessions have not ended. */
function conversionRate(promql: Promql, descriptors: readonly MetricDescriptor[]): PanelSpec {
  const family = descriptors.find(({ name }) => name === "conversions_total");
  const names = new Set(family?.known.flatMap(({ conversion }) => conversion ?? []));
  const sessions = sumBy([], promql.increase("rum_sessions_total", RANGE));
  return {
    id: 15,
    title: "Conversion rate",
    description:
      "Conversions that the backend tracked for each session that began in the time shown. More than 100 % is possible: a session can convert twice, or have begun earlier.",
    type: "stat",
    queries: [...names].map((conversion) => ({
      expression: ratioOf(sumBy([], promql.increase("conversions_total", RANGE, { conversion })), sessions),
      legend: conversion,
    })),
  };
}

function lcp(promql: Promql): PanelSpec {
  return {
    id: 21,
    title: "LCP of loaded documents, 75th percentile",
    description: `${LCP.help} A quarter of the loaded documents was slower than this. Good: ${LCP.good} s at most; poor: above ${LCP.poor} s.`,
    type: "timeseries",
    queries: ifKnown(promql, LCP.metric, (metric) => ({
      expression: promql.histogramQuantile(0.75, metric, RATE_INTERVAL, [], { navigation: "hard" }),
      legend: "p75",
    })),
    steps: higherIsWorse,
  };
}

function goodLcp(promql: Promql): PanelSpec {
  return {
    id: 22,
    title: "Share of good LCP by navigation",
    description: `Page views whose main content was painted within ${LCP.good} s. The web passes at ${JUDGED_SHARE * 100} %. A page out of the browser's cache is nearly always good, which says nothing about a loaded document (hard).`,
    type: "timeseries",
    queries: ifKnown(promql, LCP.metric, (metric) => ({
      expression: promql.shareBelow(metric, LCP.good, RATE_INTERVAL, ["navigation"]),
      legend: "{{navigation}}",
    })),
    steps: lowerIsWorse,
  };
}

function errors(promql: Promql): PanelSpec {
  return {
    id: 23,
    title: "JavaScript errors per minute by route",
    description:
      "Errors and unhandled promise rejections in pages, by the route pattern where they happened.",
    type: "timeseries",
    queries: ratesByPerMinute(promql, "route", {
      rum_js_errors_total: "{{route}}",
      rum_unhandled_rejections_total: "{{route}} (rejections)",
    }),
  };
}

function requests(promql: Promql): PanelSpec {
  const { rate, routeLabel } = httpRequests(promql);
  return {
    id: 31,
    title: "Requests per second by route",
    description: "HTTP requests that the backend answered, by route pattern.",
    type: "timeseries",
    queries: [{ expression: sumBy([routeLabel], rate(RATE_INTERVAL)), legend: `{{${routeLabel}}}` }],
  };
}

function failures(promql: Promql): PanelSpec {
  const { rate } = httpRequests(promql);
  return {
    id: 32,
    title: "Error ratio",
    description: "The share of HTTP requests that the backend answered with a status of 500 or more.",
    type: "timeseries",
    queries: [
      {
        expression: ratioOf(sumBy([], rate(RATE_INTERVAL, "failed")), sumBy([], rate(RATE_INTERVAL))),
        legend: "5xx",
      },
    ],
  };
}

function duration(promql: Promql): PanelSpec {
  return {
    id: 33,
    title: "Request duration, 95th percentile",
    description: "One in twenty HTTP requests took longer than this to answer, to the last byte.",
    type: "timeseries",
    queries: [
      {
        expression: promql.histogramQuantile(0.95, httpRequests(promql).duration, RATE_INTERVAL),
        legend: "p95",
      },
    ],
  };
}
