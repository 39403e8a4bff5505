import { webVitals } from "@rumkit/protocol";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { perMinute, ratioOf, sumBy } from "./expression.ts";
import { describeBackendSections } from "./backendSections.ts";
import { describePageSections } from "./pageSections.ts";
import type { ColourStep, PanelSection, PanelSpec } from "./panelSpec.ts";
import { httpRequests } from "./httpRequests.ts";
import { createPromql, type Promql, RATE_INTERVAL } from "./promql.ts";
import { ifKnown, ratesBy, ratesByPerMinute } from "./rateQueries.ts";

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

/** What the business overview shows of these metrics. A panel whose metrics are missing has no queries. */
export function describeBusinessSections(descriptors: readonly MetricDescriptor[]): PanelSection[] {
  const promql = createPromql(descriptors);
  return [
    {
      id: 1,
      title: "Business",
      panels: [
        pageViews(promql),
        activeSessions(promql),
        conversions(promql),
        revenue(promql),
        ...revenueByExperience(promql, descriptors),
        conversionRate(promql, descriptors),
      ],
    },
    { id: 2, title: "What users see", panels: [lcp(promql), goodLcp(promql), errors(promql)] },
    ...describePageSections(promql),
    { id: 3, title: "Backend", panels: [requests(promql), failures(promql), duration(promql)] },
    ...describeBackendSections(promql),
  ];
}

function pageViews(promql: Promql): PanelSpec {
  return {
    id: 11,
    title: "Page views by route",
    description: "Page views per second, as pages report them, by route pattern.",
    type: "timeseries",
    queries: ratesBy(promql, "route", { rum_page_views_total: "{{route}}" }),
  };
}

function activeSessions(promql: Promql): PanelSpec {
  return {
    id: 12,
    title: "Active sessions",
    description: "Sessions that were heard from in the last 5 minutes.",
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
      "Business goals reached. (backend): as the backend knows them. (page): as pages report them; they can be lost or made up.",
    type: "timeseries",
    queries: ratesByPerMinute(promql, "conversion", {
      conversions_total: "{{conversion}} (backend)",
      rum_conversions_total: "{{conversion}} (page)",
    }),
  };
}

function revenue(promql: Promql): PanelSpec {
  return {
    id: 14,
    title: "Revenue per minute by currency",
    description:
      "Money of conversions that the backend tracked, in major units. Currencies are never added to each other.",
    type: "timeseries",
    queries: ratesByPerMinute(promql, "currency", { revenue_total: "{{currency}}" }),
  };
}

/** What slow pages cost, where the catalogue asks for it. */
function revenueByExperience(promql: Promql, descriptors: readonly MetricDescriptor[]): PanelSpec[] {
  const revenues = descriptors.find(({ name }) => name === "revenue_total");
  if (!revenues?.labels.includes("experience")) return [];
  const byExperience = sumBy(["currency", "experience"], promql.rate(revenues.name, RATE_INTERVAL));
  return [
    {
      id: 16,
      title: "Revenue per minute by experience",
      description:
        "Money by the worst rating of LCP, INP and CLS that the session had seen, as the page says in its baggage; unknown where it says nothing.",
      type: "timeseries",
      queries: [{ expression: perMinute(byExperience), legend: "{{experience}}, {{currency}}" }],
    },
  ];
}

function conversionRate(promql: Promql, descriptors: readonly MetricDescriptor[]): PanelSpec {
  const family = descriptors.find(({ name }) => name === "conversions_total");
  const names = new Set(family?.known.flatMap(({ conversion }) => conversion ?? []));
  const sessions = () => sumBy([], promql.rate("rum_sessions_total", RATE_INTERVAL));
  return {
    id: 15,
    title: "Conversion rate",
    description:
      "Conversions that the backend tracked for each session that began. More than 100 % is possible: a session can convert twice, or have begun earlier.",
    type: "timeseries",
    queries: [...names].map((conversion) => ({
      expression: ratioOf(
        sumBy([], promql.rate("conversions_total", RATE_INTERVAL, { conversion })),
        sessions(),
      ),
      legend: conversion,
    })),
  };
}

function lcp(promql: Promql): PanelSpec {
  return {
    id: 21,
    title: "LCP, 75th percentile",
    description: `${LCP.help} A quarter of page views was slower than this. Good: ${LCP.good} s at most; poor: above ${LCP.poor} s.`,
    type: "timeseries",
    queries: ifKnown(promql, LCP.metric, (metric) => ({
      expression: promql.histogramQuantile(0.75, metric, RATE_INTERVAL),
      legend: "p75",
    })),
    steps: higherIsWorse,
  };
}

function goodLcp(promql: Promql): PanelSpec {
  return {
    id: 22,
    title: "Share of good LCP",
    description: `Page views whose main content was painted within ${LCP.good} s. The web passes at ${JUDGED_SHARE * 100} %.`,
    type: "timeseries",
    queries: ifKnown(promql, LCP.metric, (metric) => ({
      expression: promql.shareBelow(metric, LCP.good, RATE_INTERVAL),
      legend: "good",
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
    title: "Requests by route",
    description: "HTTP requests that the backend answered, per second, by route pattern.",
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
