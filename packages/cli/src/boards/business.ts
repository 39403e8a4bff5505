import type { MetricDescriptor } from "@rumkit/server";
import { perMinute, ratioOf, sumBy } from "../promql/expression.ts";
import { topOf } from "../promql/ranking.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { Query, QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { revenueByLabel, totalsByLabel } from "./byLabel.ts";
import {
  conversionRate,
  conversionRateByExperience,
  conversionsAgainstLastWeek,
  conversionsInTotal,
  conversionsPerMinute,
} from "./conversions.ts";
import { gaugeRows } from "./gauges.ts";
import { ingestedRows } from "./ingestedValues.ts";
import {
  lostRevenues,
  refundsInTotal,
  refundsPerMinute,
  revenueByExperience,
  revenueInTotal,
  revenuePerMinute,
} from "./money.ts";
import { BUSINESS_TIME } from "./ranges.ts";
import { ifKnown, queryOf, ratesByPerMinute } from "./rateQueries.ts";

/** Money, conversions and what users do. */
export const business: BoardSpec = {
  name: "business",
  title: "Business",
  description:
    "Revenue, conversions, funnels and actions, as the backend counts them and as pages report them.",
  ...BUSINESS_TIME,
  describe: (context) => [
    {
      title: "Money",
      rows: [[...revenueInTotal(context), ...refundsInTotal(context)], revenuePerMinute(context)],
    },
    {
      title: "Conversions",
      rows: [
        [conversionsInTotal(context), conversionRate(context)],
        [conversionsAgainstLastWeek(context), conversionsPerMinute(context)],
        [funnels(context), funnelSteps(context)],
      ],
    },
    {
      title: "What slow pages cost",
      rows: [
        [...lostRevenues(context), ...conversionRateByExperience(context)],
        revenueByExperience(context),
      ],
    },
    {
      title: "Users",
      rows: [
        [pageViews(context), accounts(context)],
        [actions(context), features(context)],
        [forms(context), ingested(context)],
      ],
    },
    { title: "States", rows: gaugeRows(context) },
    { title: "Values of services", rows: ingestedRows(context) },
    {
      title: "By label",
      collapsed: true,
      rows: inLines([...revenueByLabel(context), ...totalsByLabel(context)]),
    },
    { title: "Refunds", collapsed: true, rows: [refundsPerMinute(context)] },
  ],
};

/** Three panels in a line. */
function inLines(panels: readonly QueryPanel[]): QueryPanel[][] {
  return Array.from({ length: Math.ceil(panels.length / 3) }, (_, line) =>
    panels.slice(line * 3, line * 3 + 3),
  );
}

/** A query for each step: Prometheus returns the series of one query in no order. */
function funnels({ promql, descriptors }: BoardContext): QueryPanel {
  return {
    name: "funnels",
    title: "Funnels, sessions by step",
    description:
      "Sessions that reached each step of a funnel in the time shown, after all steps before it. Each counts once. When a step has far fewer than the one before it, that page is where to look first.",
    kind: "bargauge",
    queries: stepsOf(descriptors).map((step) => ({
      expression: sumBy(["funnel", "step", "event"], promql.increase(FUNNELS, RANGE, { ...step })),
      legend: "{{funnel}} {{step}}: {{event}}",
    })),
  };
}

const FUNNELS = "rum_funnel_sessions_total";

interface FunnelStep {
  readonly funnel: string;
  /** From 1. */
  readonly step: string;
  readonly event: string;
}

/** Returns the steps of every funnel, in their order. */
function stepsOf(descriptors: readonly MetricDescriptor[]): FunnelStep[] {
  const known = descriptors.find(({ name }) => name === FUNNELS)?.known ?? [];
  return known.map(({ funnel = "", step = "", event = "" }) => ({ funnel, step, event }));
}

/** The share of each step in the step before it, of every funnel. */
function funnelSteps({ promql, descriptors }: BoardContext): QueryPanel {
  const sessions = (funnel: string, step: number) =>
    sumBy([], promql.increase(FUNNELS, RANGE, { funnel, step: String(step) }));
  const queries = stepsOf(descriptors).flatMap(({ funnel, step, event }): Query[] =>
    step === "1"
      ? []
      : [
          {
            expression: ratioOf(sessions(funnel, Number(step)), sessions(funnel, Number(step) - 1)),
            legend: `${funnel} ${Number(step) - 1} → ${step}: ${event}`,
          },
        ],
  );
  return {
    name: "funnel-steps",
    title: "Funnels, share that goes on to the next step",
    description:
      "Of the sessions that reached a step in the time shown, the share that reached the next one. When a step is lower than it was, watch a visit on a phone, and compare the errors and the LCP of its route.",
    kind: "bargauge",
    queries,
  };
}

function pageViews({ promql }: BoardContext): QueryPanel {
  return {
    name: "page-views",
    title: "Page views per minute by route",
    description:
      "Page views, as pages report them, by route pattern, the ten most viewed. When all fall at once, the script or the collector fails; when one falls, look for a broken link to it.",
    kind: "timeseries",
    queries: queryOf(promql, "rum_page_views_total", "{{route}}", (metric) =>
      topOf(perMinute(sumBy(["route"], promql.rate(metric, RATE_INTERVAL)))),
    ),
  };
}

function accounts({ promql }: BoardContext): QueryPanel {
  const legends = {
    user_registrations_total: "registered",
    user_logins_total: "logged in",
    user_logouts_total: "logged out",
    failed_login_attempts_total: "refused",
  };
  return {
    name: "accounts",
    title: "Accounts per minute",
    description:
      "Registrations, logins, logouts and failed login attempts. Sessions are not logins minus logouts, because most people never log out: see Active sessions. When refused logins rise and others do not, someone tries passwords.",
    kind: "timeseries",
    queries: Object.entries(legends).flatMap(([family, legend]) =>
      ifKnown(promql, family, (metric) => ({
        expression: perMinute(sumBy([], promql.rate(metric, RATE_INTERVAL))),
        legend,
      })),
    ),
  };
}

function actions({ promql }: BoardContext): QueryPanel {
  return {
    name: "actions",
    title: "Actions per minute",
    description:
      "Actions of the catalog: (backend) as the server tracked them, (page) as browsers report them. When one stops after a release, its call was lost in the code.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "action", {
      actions_total: "{{action}} (backend)",
      rum_actions_total: "{{action}} (page)",
    }),
  };
}

function features({ promql }: BoardContext): QueryPanel {
  return {
    name: "features",
    title: "Feature uses per minute",
    description:
      "Uses of the features in the catalog, as pages report them. When a new feature stays at 0, people do not find it.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "feature", { rum_feature_usage_total: "{{feature}}" }),
  };
}

function forms({ promql }: BoardContext): QueryPanel {
  return {
    name: "forms",
    title: "Forms per minute",
    description:
      "Forms that people began, sent, and left without sending, by name. When a form is left more often than it is sent, look which field asks for too much.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "form", {
      rum_form_starts_total: "{{form}} (begun)",
      rum_form_submissions_total: "{{form}} (sent)",
      rum_form_abandons_total: "{{form}} (left)",
    }),
  };
}

function ingested({ promql }: BoardContext): QueryPanel {
  return {
    name: "ingested",
    title: "Values of services per minute by name",
    description:
      "Values that services send under names that the catalog does not declare. When a name is one that you need, declare it under ingested, so that it gets a metric.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "name", { ingested_values_total: "{{name}}" }),
  };
}
