import { perMinute, sumBy } from "../promql/expression.ts";
import { highestFirst, topOf } from "../promql/ranking.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardFilter, BoardSpec } from "./boardSpec.ts";
import { measurements } from "./measurements.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf } from "./rateQueries.ts";
import {
  byNavigation,
  byRoute,
  causes,
  CORE_VITALS,
  goodByDevice,
  goodShare,
  goodShares,
  hardVital,
  VITAL_NAMES,
} from "./vitals.ts";

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
    {
      title: "Web vitals",
      rows: [
        CORE_VITALS.map((name) => hardVital(context, name)),
        [goodShares(context), hardVital(context, "FCP"), hardVital(context, "TTFB")],
      ],
    },
    {
      title: "Share of good documents, by device",
      collapsed: true,
      rows: [VITAL_NAMES.map((name) => goodByDevice(context, name))],
    },
    { title: "Measurements", rows: [measurements(context, "page")] },
    {
      title: "Routes",
      collapsed: true,
      rows: [[routes(context)], CORE_VITALS.map((name) => byRoute(context, name))],
    },
    {
      title: "Share of good, by navigation",
      collapsed: true,
      rows: [VITAL_NAMES.map((name) => goodShare(context, name))],
    },
    {
      title: "Percentiles, by navigation",
      collapsed: true,
      rows: [VITAL_NAMES.map((name) => byNavigation(context, name))],
    },
    {
      title: "How pages load",
      collapsed: true,
      rows: [[phases(context), longTasks(context), heap(context)], causes(context)],
    },
    {
      title: "Visitors",
      collapsed: true,
      rows: [[sessions(context), browsers(context), connections(context)], [visible(context)]],
    },
  ],
};

function routes({ promql }: BoardContext): QueryPanel {
  const column = (metric: string, legend: string) =>
    queryOf(promql, metric, legend, (family) => sumBy(["route"], promql.increase(family, RANGE)));
  return {
    name: "routes",
    title: "Routes",
    description:
      "Every route pattern in the time shown: page views, errors, and LCP of loaded documents at the 75th percentile in seconds. When a route with many views has a high LCP, or more errors than the others, begin there.",
    kind: "table",
    queries: [
      ...column("rum_page_views_total", "Page views"),
      ...queryOf(promql, "rum_lcp_seconds", "LCP", (family) =>
        promql.histogramQuantile(0.75, family, RANGE, ["route"], { navigation: "hard" }),
      ),
      ...column("rum_js_errors_total", "JavaScript errors"),
      ...column("rum_unhandled_rejections_total", "Unhandled rejections"),
    ],
  };
}

function phases({ promql }: BoardContext): QueryPanel {
  return {
    name: "load-phases",
    title: "Phases of a page's load, 75th percentile",
    description:
      "Duration of the phases of a document's load. From interactive on they are measured from the start. When one grows, dns, connect and tls point to the network, request to the server, the rest to the page.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_page_load_seconds", "{{phase}}", (metric) =>
      promql.histogramQuantile(0.75, metric, RATE_INTERVAL, ["phase"]),
    ),
  };
}

function longTasks({ promql }: BoardContext): QueryPanel {
  return {
    name: "long-tasks",
    title: "Long tasks, 75th percentile by script",
    description:
      "Tasks over 50 ms that blocked pages, by the owner of the script that ran longest: the app (first), another site (third), an extension. When third grows, look which tag was added.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_long_task_seconds", "{{party}}", (metric) =>
      promql.histogramQuantile(0.75, metric, RATE_INTERVAL, ["party"]),
    ),
  };
}

function heap({ promql }: BoardContext): QueryPanel {
  return {
    name: "js-heap",
    title: "Memory of pages, 95th percentile",
    description:
      "JavaScript heap of pages, as Chromium reports it: one in twenty was larger. When it climbs from release to release, look for a leak with the heap snapshots of the browser's tools.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_js_heap_bytes", "p95", (metric) =>
      promql.histogramQuantile(0.95, metric, RATE_INTERVAL),
    ),
  };
}

function sessions({ promql }: BoardContext): QueryPanel {
  return {
    name: "sessions-by-device",
    title: "Sessions per minute by device",
    description:
      "Sessions that began, by the kind of device. When pages get slower and the share of phones grows with it, the visitors have changed, and not the pages.",
    kind: "timeseries",
    style: "stacked",
    queries: queryOf(promql, "rum_sessions_total", "{{device}}", (metric) =>
      perMinute(sumBy(["device"], promql.rate(metric, RATE_INTERVAL))),
    ),
  };
}

function browsers({ promql }: BoardContext): QueryPanel {
  return {
    name: "sessions-by-browser",
    title: "Sessions by browser",
    description:
      "Sessions that began in the time shown, by browser. When one is missing that was there last week, test the page in it: the script may fail there.",
    kind: "piechart",
    queries: queryOf(promql, "rum_sessions_total", "{{browser}}", (metric) =>
      highestFirst(sumBy(["browser"], promql.increase(metric, RANGE))),
    ),
  };
}

function connections({ promql }: BoardContext): QueryPanel {
  return {
    name: "sessions-by-connection",
    title: "Sessions by connection",
    description:
      "Sessions that began in the time shown, by the quality of the connection that the browser reports. When many are slow, smaller pages help more than a faster server.",
    kind: "piechart",
    queries: queryOf(promql, "rum_sessions_total", "{{connection}}", (metric) =>
      highestFirst(sumBy(["connection"], promql.increase(metric, RANGE))),
    ),
  };
}

function visible({ promql }: BoardContext): QueryPanel {
  return {
    name: "visible",
    title: "Time on a route, median of the longest",
    description:
      "Half of the page views were visible for longer than this, by route, the ten highest. When a form's route falls, people give up; when it rises, they are stuck.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_visible_seconds", "{{route}}", (metric) =>
      topOf(promql.histogramQuantile(0.5, metric, RATE_INTERVAL, ["route"])),
    ),
  };
}
