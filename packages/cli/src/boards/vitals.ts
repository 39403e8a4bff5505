import { type WebVitalName, webVitals } from "@rumkit/protocol";
import { perMinute, ratioOf, sumBy } from "../promql/expression.ts";
import { topOf } from "../promql/ranking.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel, Threshold } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";
import { queryOf } from "./rateQueries.ts";

/** A vital is judged at its 75th percentile: web.dev/articles/defining-core-web-vitals-thresholds. */
const JUDGED_SHARE = 0.75;

/** The first things to look at when a vital is poor: web.dev's guides to optimizing each. */
const FIRST_LOOK: Readonly<Record<WebVitalName, string>> = {
  LCP: "compare it with TTFB and the phases of the load: a slow server, a large picture, or a script in the way",
  INP: "look at the long tasks and their scripts, and at the interactions by element",
  CLS: "give pictures, ads and late content their size before they load",
  FCP: "look for styles and scripts that hold the first paint up",
  TTFB: "compare it with the backend's duration: the rest is network, redirects and caches",
};

export const VITAL_NAMES = Object.keys(webVitals) as WebVitalName[];

/** Core Web Vitals, which search engines judge. */
export const CORE_VITALS = ["LCP", "INP", "CLS"] as const satisfies readonly WebVitalName[];

/** The 75th percentile of loaded documents, against the web's thresholds. */
export function hardVital({ promql }: BoardContext, name: WebVitalName): QueryPanel {
  const { metric, help, good, poor } = webVitals[name];
  return {
    name: name.toLowerCase(),
    title: `${name} of loaded documents, 75th percentile`,
    description: `${help} A quarter of the loaded documents was worse than this. Good: ${shown(name, good)} at most; poor: above ${shown(name, poor)}. When it is red, ${FIRST_LOOK[name]}.`,
    kind: "timeseries",
    queries: queryOf(promql, metric, "p75", (family) =>
      promql.histogramQuantile(JUDGED_SHARE, family, RATE_INTERVAL, [], { navigation: "hard" }),
    ),
    thresholds: vitalThresholds(name),
  };
}

/** LCP, for boards that show one vital only. */
export function hardLcp(context: BoardContext): QueryPanel {
  return hardVital(context, "LCP");
}

/** The share of good page views over time. */
export function goodShare({ promql }: BoardContext, name: WebVitalName): QueryPanel {
  const { metric, good } = webVitals[name];
  return {
    name: `good-${name.toLowerCase()}`,
    title: `Share of good ${name} by navigation`,
    description: `Page views with ${name} of ${shown(name, good)} at most. The web passes at ${JUDGED_SHARE * 100} %. A page out of the browser's cache is nearly always good, which says nothing about a loaded document (hard). When it is red, find the route below, then ${FIRST_LOOK[name]}.`,
    kind: "timeseries",
    queries: queryOf(promql, metric, "{{navigation}}", (family) =>
      promql.shareBelow(family, good, RATE_INTERVAL, ["navigation"]),
    ),
    thresholds: [
      { value: null, color: "red" },
      { value: JUDGED_SHARE, color: "green" },
    ],
  };
}

/** The share of good documents over time, by device. */
export function goodByDevice({ promql }: BoardContext, name: WebVitalName): QueryPanel {
  const { good } = webVitals[name];
  return {
    name: `good-${name.toLowerCase()}-by-device`,
    title: `Share of good ${name} by device`,
    description: `Loaded documents (hard) with ${name} of ${shown(name, good)} at most, by the kind of device. From ${JUDGED_SHARE * 100} % on the 75th percentile is good. When it is red for phones alone, try the page on a slow phone, and ${FIRST_LOOK[name]}.`,
    kind: "timeseries",
    queries: queryOf(promql, "rum_vital_ratings_total", "{{device}}", (family) => {
      const rated = (labels: Record<string, string>) =>
        sumBy(["device"], promql.rate(family, RATE_INTERVAL, { vital: name, ...labels }));
      return ratioOf(rated({ rating: "good" }), rated({}));
    }),
    thresholds: [
      { value: null, color: "red" },
      { value: JUDGED_SHARE, color: "green" },
    ],
  };
}

/** The share of good documents over the time that is shown, of several vitals. */
export function goodShares({ promql }: BoardContext): QueryPanel {
  return {
    name: "good-shares",
    title: "Share of good documents",
    description: `Loaded documents (hard) within the web's thresholds, over the time shown. The web passes at ${JUDGED_SHARE * 100} %. When one is red, open its section below, and begin with the route that has the most page views.`,
    kind: "bargauge",
    queries: VITAL_NAMES.flatMap((name) =>
      queryOf(promql, webVitals[name].metric, name, (family) =>
        promql.shareBelow(family, webVitals[name].good, RANGE, [], { navigation: "hard" }),
      ),
    ),
    thresholds: [
      { value: null, color: "red" },
      { value: JUDGED_SHARE, color: "green" },
    ],
  };
}

/** The 75th percentile by kind of navigation. */
export function byNavigation({ promql }: BoardContext, name: WebVitalName): QueryPanel {
  const { metric, help } = webVitals[name];
  return {
    name: `${name.toLowerCase()}-by-navigation`,
    title: `${name} by navigation, 75th percentile`,
    description: `${help} A loaded document (hard), a change of route (soft), a page from the cache and a prerendered one are not comparable. When soft is worse than hard, look at what a change of route loads and renders.`,
    kind: "timeseries",
    queries: queryOf(promql, metric, "{{navigation}}", (family) =>
      promql.histogramQuantile(JUDGED_SHARE, family, RATE_INTERVAL, ["navigation"]),
    ),
  };
}

/** The 75th percentile of loaded documents by route: the worst ten. */
export function byRoute({ promql }: BoardContext, name: WebVitalName): QueryPanel {
  const { metric, good } = webVitals[name];
  return {
    name: `${name.toLowerCase()}-by-route`,
    title: `${name} by route, 75th percentile of the worst routes`,
    description: `Loaded documents (hard) by route pattern, the ten highest. Good: ${shown(name, good)} at most. When a route is red, ${FIRST_LOOK[name]}; a route with few page views can be chance.`,
    kind: "timeseries",
    queries: queryOf(promql, metric, "{{route}}", (family) =>
      topOf(promql.histogramQuantile(JUDGED_SHARE, family, RATE_INTERVAL, ["route"], { navigation: "hard" })),
    ),
    thresholds: vitalThresholds(name),
  };
}

/** The elements and interactions that a poor vital comes from. */
export function causes({ promql }: BoardContext): QueryPanel[] {
  return [
    {
      name: "lcp-elements",
      title: "Poor LCP per minute by element and slowest part",
      description:
        "Page views with a poor LCP, by the element that was painted last and the part that took longest, the ten most. When one leads, that part of that element is the one to make faster.",
      kind: "timeseries",
      style: "stacked",
      queries: queryOf(promql, "rum_lcp_elements_total", "{{element}} ({{part}})", (metric) =>
        topOf(perMinute(sumBy(["element", "part"], promql.rate(metric, RATE_INTERVAL, { rating: "poor" })))),
      ),
    },
    {
      name: "inp-interactions",
      title: "Poor INP per minute by element and slowest part",
      description:
        "Interactions with a poor INP, by element, the part that took longest, and the owner of the script, the ten most. When one leads, profile a click on that element.",
      kind: "timeseries",
      style: "stacked",
      queries: queryOf(promql, "rum_inp_interactions_total", "{{element}} ({{part}}, {{party}})", (metric) =>
        topOf(
          perMinute(
            sumBy(["element", "part", "party"], promql.rate(metric, RATE_INTERVAL, { rating: "poor" })),
          ),
        ),
      ),
    },
  ];
}

function vitalThresholds(name: WebVitalName): Threshold[] {
  const { good, poor } = webVitals[name];
  return [
    { value: null, color: "green" },
    { value: good, color: "orange" },
    { value: poor, color: "red" },
  ];
}

function shown(name: WebVitalName, value: number): string {
  return webVitals[name].unit === "seconds" ? `${value} s` : String(value);
}
