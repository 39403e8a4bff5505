import { sumBy, perMinute } from "../promql/expression.ts";
import { RANGE, RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { conversionRate, conversionsInTotal, conversionsPerMinute } from "./conversions.ts";
import { refundsPerMinute, revenueByExperience, revenueInTotal, revenuePerMinute } from "./money.ts";
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
      rows: [
        revenueInTotal(context),
        revenuePerMinute(context),
        revenueByExperience(context),
        refundsPerMinute(context),
      ],
    },
    {
      title: "Conversions",
      rows: [
        [conversionsInTotal(context), conversionRate(context)],
        [conversionsPerMinute(context), funnels(context)],
      ],
    },
    {
      title: "Users",
      rows: [
        [pageViews(context), accounts(context)],
        [actions(context), features(context)],
      ],
    },
  ],
};

function funnels({ promql }: BoardContext): QueryPanel {
  return {
    name: "funnels",
    title: "Funnels, sessions by step",
    description:
      "Sessions that reached each step of a funnel in the time shown, after all steps before it. Each counts once.",
    kind: "bargauge",
    queries: queryOf(promql, "rum_funnel_sessions_total", "{{funnel}} {{step}}: {{event}}", (metric) =>
      sumBy(["funnel", "step", "event"], promql.increase(metric, RANGE)),
    ),
  };
}

function pageViews({ promql }: BoardContext): QueryPanel {
  return {
    name: "page-views",
    title: "Page views per minute by route",
    description: "Page views, as pages report them, by route pattern.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "route", { rum_page_views_total: "{{route}}" }),
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
    description: "Registrations, logins, logouts and failed login attempts.",
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
    description: "Actions of the catalog. (backend) is authoritative; (page) is reported by browsers.",
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
    description: "Uses of the features in the catalog, as pages report them.",
    kind: "timeseries",
    queries: ratesByPerMinute(promql, "feature", { rum_feature_usage_total: "{{feature}}" }),
  };
}
