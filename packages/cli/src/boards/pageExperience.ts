import { webVitals } from "@rumkit/protocol";
import { perMinute, sumBy } from "../promql/expression.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel, Threshold } from "./board.ts";
import type { BoardContext, BoardFilter, BoardSpec } from "./boardSpec.ts";
import { measurements } from "./measurements.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf } from "./rateQueries.ts";

const LCP = webVitals.LCP;

/** A vital is judged at its 75th percentile: web.dev/articles/defining-core-web-vitals-thresholds. */
const JUDGED_SHARE = 0.75;

const higherIsWorse: readonly Threshold[] = [
  { value: null, color: "green" },
  { value: LCP.good, color: "orange" },
  { value: LCP.poor, color: "red" },
];
const lowerIsWorse: readonly Threshold[] = [
  { value: null, color: "red" },
  { value: JUDGED_SHARE, color: "green" },
];

/** The routes of pages, for boards about pages. */
export const PAGE_ROUTE: BoardFilter = {
  name: "route",
  label: "route",
  title: "Route",
  metric: "rum_page_views_total",
};

/** The kinds of devices, for boards about pages. */
const DEVICE: BoardFilter = {
  name: "device",
  label: "device",
  title: "Device",
  metric: "rum_sessions_total",
};

/** Speed and use of pages. */
export const pageExperience: BoardSpec = {
  name: "page-experience",
  title: "Page experience",
  description: "How fast pages are for the people who use them.",
  ...OPERATIONS_TIME,
  filters: [PAGE_ROUTE, DEVICE],
  describe: (context) => [
    { title: "Web vitals", rows: [[lcp(context), goodLcp(context), lcpByNavigation(context)]] },
    { title: "How pages load", rows: [[phases(context), longTasks(context), sessions(context)]] },
    { title: "Measurements", rows: [measurements(context, "page")] },
  ],
};

function lcp({ promql }: BoardContext): QueryPanel {
  return {
    name: "lcp",
    title: "LCP of loaded documents, 75th percentile",
    description: `${LCP.help} A quarter of the loaded documents was slower than this. Good: ${LCP.good} s at most; poor: above ${LCP.poor} s.`,
    kind: "timeseries",
    queries: queryOf(promql, LCP.metric, "p75", (metric) =>
      promql.histogramQuantile(JUDGED_SHARE, metric, RATE_INTERVAL, [], { navigation: "hard" }),
    ),
    thresholds: higherIsWorse,
  };
}

function goodLcp({ promql }: BoardContext): QueryPanel {
  return {
    name: "good-lcp",
    title: "Share of good LCP by navigation",
    description: `Page views whose main content was painted within ${LCP.good} s. The web passes at ${JUDGED_SHARE * 100} %. A page out of the browser's cache is nearly always good, which says nothing about a loaded document (hard).`,
    kind: "timeseries",
    queries: queryOf(promql, LCP.metric, "{{navigation}}", (metric) =>
      promql.shareBelow(metric, LCP.good, RATE_INTERVAL, ["navigation"]),
    ),
    thresholds: lowerIsWorse,
  };
}

function lcpByNavigation({ promql }: BoardContext): QueryPanel {
  return {
    name: "lcp-by-navigation",
    title: "LCP by navigation, 75th percentile",
    description: `${LCP.help} A loaded document (hard), a change of route (soft), a page from the cache and a prerendered one are not comparable.`,
    kind: "timeseries",
    queries: queryOf(promql, LCP.metric, "{{navigation}}", (metric) =>
      promql.histogramQuantile(JUDGED_SHARE, metric, RATE_INTERVAL, ["navigation"]),
    ),
  };
}

function phases({ promql }: BoardContext): QueryPanel {
  return {
    name: "load-phases",
    title: "Phases of a page's load, 75th percentile",
    description:
      "Duration of the phases of a document's load. From interactive on they are measured from the start.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_page_load_seconds", "{{phase}}", (metric) =>
      promql.histogramQuantile(JUDGED_SHARE, metric, RATE_INTERVAL, ["phase"]),
    ),
  };
}

function longTasks({ promql }: BoardContext): QueryPanel {
  return {
    name: "long-tasks",
    title: "Long tasks, 75th percentile by script",
    description:
      "Tasks over 50 ms that blocked pages, by the owner of the script that ran longest: the app (first), another site (third), an extension.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_long_task_seconds", "{{party}}", (metric) =>
      promql.histogramQuantile(JUDGED_SHARE, metric, RATE_INTERVAL, ["party"]),
    ),
  };
}

function sessions({ promql }: BoardContext): QueryPanel {
  return {
    name: "sessions-by-device",
    title: "Sessions per minute by device",
    description: "Sessions that began, by the kind of device: many phones explain slow pages.",
    kind: "timeseries",
    style: "stacked",
    queries: queryOf(promql, "rum_sessions_total", "{{device}}", (metric) =>
      perMinute(sumBy(["device"], promql.rate(metric, RATE_INTERVAL))),
    ),
  };
}
