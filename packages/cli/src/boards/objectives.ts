import { type ObjectiveSpec, webVitals } from "@rumkit/protocol";
import { ratioOf, sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import type { Promql } from "../promql/promql.ts";
import { RANGE } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { burnRates, errorBudgets, recordedBudgets } from "./errorBudgets.ts";
import { BUSINESS_TIME } from "./ranges.ts";

/** The catalog's objectives, and the alerts that fire. */
export const objectives: BoardSpec = {
  name: "objectives",
  title: "SLOs and alerts",
  description: "The objectives of the catalog against the time shown, and the alerts of the app.",
  ...BUSINESS_TIME,
  describe: (context) => [
    {
      title: "Objectives",
      rows: [
        Object.entries(context.catalog.objectives ?? {}).map(([name, objective]) =>
          describeObjective(context.promql, name, objective),
        ),
        [errorBudgets(context), recordedBudgets(context), burnRates(context)],
      ],
    },
    { title: "Alerts", rows: [[alerts(context)]] },
  ],
};

function describeObjective(promql: Promql, name: string, objective: ObjectiveSpec): QueryPanel {
  const panel = { name: `objective-${name}`, title: `Objective ${name}`, kind: "stat" } as const;
  if ("vital" in objective) {
    const { vital, below, ratio } = objective;
    const { metric, unit } = webVitals[vital];
    return {
      ...panel,
      description: `The share of loaded documents with ${vital} of ${below}${unit === "seconds" ? " s" : ""} at most in the time shown. The objective is at least ${ratio}. When it is red, Page experience shows the routes.`,
      queries: [
        { expression: promql.shareBelow(metric, below, RANGE, [], { navigation: "hard" }), legend: vital },
      ],
      thresholds: [
        { value: null, color: "red" },
        { value: ratio, color: "green" },
      ],
    };
  }
  const { increase } = httpRequests(promql);
  const { errorsBelow } = objective.http;
  return {
    ...panel,
    description: `The share of requests that the backend answered with a server error in the time shown. The objective is below ${errorsBelow}. When it is red, Backend shows the routes.`,
    queries: [
      {
        expression: ratioOf(sumBy([], increase(RANGE, "failed")), sumBy([], increase(RANGE))),
        legend: "5xx",
      },
    ],
    thresholds: [
      { value: null, color: "green" },
      { value: errorsBelow, color: "red" },
    ],
  };
}

function alerts({ promql, catalog }: BoardContext): QueryPanel {
  return {
    name: "alerts",
    title: "Alerts that fire",
    description:
      "Alerts of the app over the time shown. Empty while all is well. When one is red, open its runbook, and look at the board that it names.",
    kind: "state-timeline",
    queries: [
      {
        expression: sumBy(["alertname", "severity"], promql.alerts(catalog.app)),
        legend: "{{alertname}} ({{severity}})",
      },
    ],
    states: { "1": { text: "firing", color: "red" } },
  };
}
