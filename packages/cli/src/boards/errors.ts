import { perMinute, ratioOf, sumBy } from "../promql/expression.ts";
import { highestFirst, topOf } from "../promql/ranking.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { PAGE_ROUTE } from "./pageExperience.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf, ratesByPerMinute } from "./rateQueries.ts";

/** Failures of pages and of the backend. */
export const errors: BoardSpec = {
  name: "errors",
  title: "Errors",
  description: "Errors of pages and of the backend, and the clicks of people who are stuck.",
  ...OPERATIONS_TIME,
  filters: [PAGE_ROUTE],
  describe: (context) => [
    {
      title: "Pages",
      rows: [
        [inTotal(context), perView(context)],
        [pageErrors(context), struggles(context)],
      ],
    },
    { title: "Backend", rows: [[backendErrors(context), errorTypes(context)]] },
    {
      title: "Sources and resources",
      collapsed: true,
      rows: [
        [sources(context), resources(context)],
        [reports(context), notices(context)],
      ],
    },
  ],
};

function inTotal({ promql }: BoardContext): QueryPanel {
  const families = {
    rum_js_errors_total: "JavaScript errors",
    rum_unhandled_rejections_total: "rejections",
    rum_api_errors_total: "API errors",
    app_errors_total: "backend errors",
    app_exceptions_total: "uncaught exceptions",
  };
  return {
    name: "errors-in-total",
    title: "Errors in total",
    description:
      "Errors of pages and of the backend in the time shown. When one is far above the others, its graph below shows since when; the live page lists messages and stacks.",
    kind: "stat",
    queries: Object.entries(families).flatMap(([family, legend]) =>
      queryOf(promql, family, legend, (metric) => sumBy([], promql.increase(metric, RANGE))),
    ),
  };
}

function perView({ promql }: BoardContext): QueryPanel {
  return {
    name: "errors-per-view",
    title: "JavaScript errors for each page view",
    description:
      "Errors of pages, divided by page views, so that it does not rise with the number of visitors. When it is red, compare its beginning with the marks of releases, and roll back.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_js_errors_total", "errors", (metric) =>
      ratioOf(
        sumBy([], promql.rate(metric, RATE_INTERVAL)),
        sumBy([], promql.rate("rum_page_views_total", RATE_INTERVAL)),
      ),
    ),
    thresholds: [
      { value: null, color: "green" },
      { value: 0.01, color: "orange" },
      { value: 0.05, color: "red" },
    ],
  };
}

function pageErrors({ promql }: BoardContext): QueryPanel {
  return {
    name: "page-errors",
    title: "JavaScript errors per minute by route",
    description:
      "Errors and unhandled promise rejections in pages, by the route pattern where they happened. When one route leads, open it with the browser's console; when all rise, look at what they share.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "route", {
      rum_js_errors_total: "{{route}}",
      rum_unhandled_rejections_total: "{{route}} (rejections)",
    }),
  };
}

function struggles({ promql }: BoardContext): QueryPanel {
  return {
    name: "struggles",
    title: "Rage, dead and error clicks per minute",
    description:
      "Repeated clicks, clicks without effect, and clicks followed by an error, by element. When an element leads, click it by hand: it does nothing, or fails.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "element", {
      rum_rage_clicks_total: "{{element}} (rage)",
      rum_dead_clicks_total: "{{element}} (dead)",
      rum_error_clicks_total: "{{element}} (error)",
    }),
  };
}

function backendErrors({ promql }: BoardContext): QueryPanel {
  return {
    name: "backend-errors",
    title: "Application errors per minute",
    description:
      "Errors that the app reported, and uncaught exceptions, by type. When an uncaught one appears, the process may have ended: look at its restarts on Backend, and at its log.",
    kind: "timeseries",
    hidesZeros: true,
    queries: [
      ...ratesByPerMinute(promql, "error_type", { app_errors_total: "{{error_type}}" }),
      ...ratesByPerMinute(promql, "exception_type", {
        app_exceptions_total: "{{exception_type}} (uncaught)",
      }),
    ],
  };
}

function errorTypes({ promql }: BoardContext): QueryPanel {
  return {
    name: "error-types",
    title: "Application errors by type and severity",
    description:
      "Errors that the app reported in the time shown. When one type is most of the whole, mend it first.",
    kind: "piechart",
    queries: queryOf(promql, "app_errors_total", "{{error_type}} ({{severity}})", (metric) =>
      highestFirst(sumBy(["error_type", "severity"], promql.increase(metric, RANGE))),
    ),
  };
}

function sources({ promql }: BoardContext): QueryPanel {
  return {
    name: "error-sources",
    title: "JavaScript errors by source",
    description:
      "Errors of pages in the time shown by the way in which they were seen: uncaught, reported by the app, from React. When react leads, a component fails to render.",
    kind: "piechart",
    queries: queryOf(promql, "rum_js_errors_total", "{{source}}", (metric) =>
      highestFirst(sumBy(["source"], promql.increase(metric, RANGE))),
    ),
  };
}

function resources({ promql }: BoardContext): QueryPanel {
  return {
    name: "resource-errors",
    title: "Resources that failed to load per minute by kind",
    description:
      "Scripts, styles, pictures and the like that pages could not load. When script rises after a release, old pages ask for files that the release has removed.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "kind", { rum_resource_errors_total: "{{kind}}" }),
  };
}

function reports({ promql }: BoardContext): QueryPanel {
  return {
    name: "reports",
    title: "Reports of browsers per minute by type",
    description:
      "Reports of the browser itself: violations of the content security policy, crashes, interventions. When a directive is violated after a release, the policy lacks one of its sources.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_reports_total", "{{type}} {{directive}}", (metric) =>
      topOf(perMinute(sumBy(["type", "directive"], promql.rate(metric, RATE_INTERVAL)))),
    ),
  };
}

function notices({ promql }: BoardContext): QueryPanel {
  return {
    name: "notices",
    title: "Notices per minute by source",
    description:
      "What pages noticed and did not count as an error, by source. When it rises with errors, it may show what happened before them.",
    kind: "timeseries",
    hidesZeros: true,
    queries: ratesByPerMinute(promql, "source", { rum_notices_total: "{{source}}" }),
  };
}
