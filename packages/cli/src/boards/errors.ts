import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { PAGE_ROUTE } from "./pageExperience.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { ratesByPerMinute } from "./rateQueries.ts";

/** Failures of pages and of the backend. */
export const errors: BoardSpec = {
  name: "errors",
  title: "Errors",
  description: "Errors of pages and of the backend, and the clicks of people who are stuck.",
  ...OPERATIONS_TIME,
  filters: [PAGE_ROUTE],
  describe: (context) => [
    { title: "Pages", rows: [[pageErrors(context), struggles(context)]] },
    { title: "Backend", rows: [[backendErrors(context)]] },
  ],
};

function pageErrors({ promql }: BoardContext): QueryPanel {
  return {
    name: "page-errors",
    title: "JavaScript errors per minute by route",
    description:
      "Errors and unhandled promise rejections in pages, by the route pattern where they happened.",
    kind: "timeseries",
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
    description: "Repeated clicks, clicks without effect, and clicks followed by an error, by element.",
    kind: "timeseries",
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
    description: "Errors that the app reported, and uncaught exceptions, by type.",
    kind: "timeseries",
    queries: [
      ...ratesByPerMinute(promql, "error_type", { app_errors_total: "{{error_type}}" }),
      ...ratesByPerMinute(promql, "exception_type", {
        app_exceptions_total: "{{exception_type}} (uncaught)",
      }),
    ],
  };
}
