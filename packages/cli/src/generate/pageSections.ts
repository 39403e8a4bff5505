import { webVitals } from "@rumkit/protocol";
import { ratioOf, sumBy } from "./expression.ts";
import type { PanelSection, PanelSpec } from "./panelSpec.ts";
import type { Matchers } from "./matchers.ts";
import { type Promql, RANGE, RATE_INTERVAL } from "./promql.ts";
import { ifKnown, ratesByPerMinute } from "./rateQueries.ts";

/** Returns the panels of pages except the overview: loads, frustrated clicks, and answers of the API. */
export function describePageSections(promql: Promql): PanelSection[] {
  return [
    { id: 4, title: "How pages load", panels: [lcpByNavigation(promql), phases(promql), longTasks(promql)] },
    {
      id: 5,
      title: "How pages are used",
      panels: [struggles(promql), funnels(promql), features(promql), actions(promql)],
    },
    {
      id: 6,
      title: "API as seen by browsers",
      panels: [apiDuration(promql), apiFailures(promql), apiErrors(promql)],
    },
  ];
}

function lcpByNavigation(promql: Promql): PanelSpec {
  return {
    id: 41,
    title: "LCP by navigation, 75th percentile",
    description: `${webVitals.LCP.help} A loaded document (hard), a change of route (soft), a page from the cache and a prerendered one are not comparable.`,
    type: "timeseries",
    queries: ifKnown(promql, webVitals.LCP.metric, (metric) => ({
      expression: promql.histogramQuantile(0.75, metric, RATE_INTERVAL, ["navigation"]),
      legend: "{{navigation}}",
    })),
  };
}

function phases(promql: Promql): PanelSpec {
  return {
    id: 42,
    title: "Phases of a page's load, 75th percentile",
    description:
      "Duration of the phases of a document's load. From interactive on they are measured from the start.",
    type: "timeseries",
    queries: ifKnown(promql, "rum_page_load_seconds", (metric) => ({
      expression: promql.histogramQuantile(0.75, metric, RATE_INTERVAL, ["phase"]),
      legend: "{{phase}}",
    })),
  };
}

function longTasks(promql: Promql): PanelSpec {
  return {
    id: 43,
    title: "Long tasks, 75th percentile by script",
    description:
      "Tasks over 50 ms that blocked pages, by the owner of the script that ran longest: the app (first), another site (third), an extension.",
    type: "timeseries",
    queries: ifKnown(promql, "rum_long_task_seconds", (metric) => ({
      expression: promql.histogramQuantile(0.75, metric, RATE_INTERVAL, ["party"]),
      legend: "{{party}}",
    })),
  };
}

function struggles(promql: Promql): PanelSpec {
  return {
    id: 51,
    title: "Rage, dead and error clicks per minute",
    description: "Repeated clicks, clicks without effect, and clicks followed by an error, by element.",
    type: "timeseries",
    queries: ratesByPerMinute(promql, "element", {
      rum_rage_clicks_total: "{{element}} (rage)",
      rum_dead_clicks_total: "{{element}} (dead)",
      rum_error_clicks_total: "{{element}} (error)",
    }),
  };
}

function funnels(promql: Promql): PanelSpec {
  return {
    id: 52,
    title: "Funnels, sessions by step",
    description:
      "Sessions that reached each step of a funnel in the time shown, after all steps before it. Each counts once.",
    type: "bargauge",
    queries: ifKnown(promql, "rum_funnel_sessions_total", (metric) => ({
      expression: sumBy(["funnel", "step", "event"], promql.increase(metric, RANGE)),
      legend: "{{funnel}} {{step}}: {{event}}",
    })),
  };
}

function features(promql: Promql): PanelSpec {
  return {
    id: 53,
    title: "Feature uses per minute",
    description: "Uses of the features in the catalog, as pages report them.",
    type: "timeseries",
    queries: ratesByPerMinute(promql, "feature", { rum_feature_usage_total: "{{feature}}" }),
  };
}

function actions(promql: Promql): PanelSpec {
  return {
    id: 54,
    title: "Actions per minute",
    description: "Actions of the catalog. (backend) is authoritative; (page) is reported by browsers.",
    type: "timeseries",
    queries: ratesByPerMinute(promql, "action", {
      actions_total: "{{action}} (backend)",
      rum_actions_total: "{{action}} (page)",
    }),
  };
}

function apiDuration(promql: Promql): PanelSpec {
  return {
    id: 61,
    title: "API duration by endpoint, 75th percentile",
    description: "From the call to the last byte of the answer, as pages measure it: with the network.",
    type: "timeseries",
    queries: ifKnown(promql, "rum_api_request_duration_seconds", (metric) => ({
      expression: promql.histogramQuantile(0.75, metric, RATE_INTERVAL, ["api_endpoint"]),
      legend: "{{api_endpoint}}",
    })),
  };
}

function apiFailures(promql: Promql): PanelSpec {
  const answers = (metric: string, matchers?: Matchers) =>
    sumBy(["api_endpoint"], promql.observationRate(metric, RATE_INTERVAL, matchers));
  return {
    id: 63,
    title: "API error ratio by endpoint",
    description: "The share of answers to pages with a status of 500 or more.",
    type: "timeseries",
    queries: ifKnown(promql, "rum_api_request_duration_seconds", (metric) => ({
      expression: ratioOf(answers(metric, { status: "5xx" }), answers(metric)),
      legend: "{{api_endpoint}}",
    })),
  };
}

function apiErrors(promql: Promql): PanelSpec {
  return {
    id: 62,
    title: "API errors per minute by kind",
    description: "Requests of pages that were answered with 4xx or 5xx, or not at all.",
    type: "timeseries",
    queries: ratesByPerMinute(promql, "kind", { rum_api_errors_total: "{{kind}}" }),
  };
}
