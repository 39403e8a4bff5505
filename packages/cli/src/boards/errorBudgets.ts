import { type ObjectiveSpec, webVitals } from "@rumkit/protocol";
import { badShare, budgetLeft, burnRate, lowestOf } from "../promql/errorBudget.ts";
import { type Expression, ratioOf, sumBy } from "../promql/expression.ts";
import { httpRequests } from "../promql/httpRequests.ts";
import type { Promql } from "../promql/promql.ts";
import { RANGE, RATE_INTERVAL, type Window } from "../promql/window.ts";
import type { QueryPanel, Threshold } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";

const BUDGET_COLORS: readonly Threshold[] = [
  { value: null, color: "red" },
  { value: 0, color: "orange" },
  { value: 0.25, color: "green" },
];

/** The objective that is worst off, for the wall. */
export function worstObjective(context: BoardContext): QueryPanel {
  const budgets = budgetsOf(context);
  return {
    name: "worst-objective",
    title: "Worst objective, error budget left",
    description:
      "The objective with the least error budget left for the time shown: 100 % if nothing was bad, 0 % if as much was bad as it allows. When it is red, the objective is missed: SLOs and alerts shows which, and where to look.",
    kind: "stat",
    queries:
      Object.keys(budgets).length === 0
        ? []
        : [{ expression: lowestOf("objective", budgets), legend: "{{objective}}" }],
    thresholds: BUDGET_COLORS,
  };
}

/** Every objective's budget. */
export function errorBudgets(context: BoardContext): QueryPanel {
  return {
    name: "error-budgets",
    title: "Error budget left",
    description:
      "What is left of the bad events that each objective allows, for the time shown: 100 % if nothing was bad, 0 % if all is spent. When it is red, stop risky releases until it recovers, and choose 30 days to see the budget of the objective.",
    kind: "bargauge",
    queries: Object.entries(budgetsOf(context)).map(([name, expression]) => ({ expression, legend: name })),
    thresholds: BUDGET_COLORS,
  };
}

/** The speed at which every budget is spent. */
export function burnRates(context: BoardContext): QueryPanel {
  return {
    name: "burn-rates",
    title: "Burn rate of error budgets",
    description:
      "How fast each error budget is spent: at 1 it lasts as long as the objective's time, at 14.4 a budget of 30 days is gone in two days. When it is red, the alerts of fast burning fire within minutes: begin with the release that is marked.",
    kind: "timeseries",
    queries: Object.entries(badShares(context, RATE_INTERVAL)).map(([name, { bad, allowed }]) => ({
      expression: burnRate(bad, allowed),
      legend: name,
    })),
    thresholds: [
      { value: null, color: "green" },
      { value: 1, color: "orange" },
      { value: 14.4, color: "red" },
    ],
  };
}

function budgetsOf(context: BoardContext): Record<string, Expression> {
  return Object.fromEntries(
    Object.entries(badShares(context, RANGE)).map(([name, { bad, allowed }]) => [
      name,
      budgetLeft(bad, allowed),
    ]),
  );
}

interface BadShare {
  readonly bad: Expression;
  readonly allowed: number;
}

function badShares({ promql, catalog }: BoardContext, window: Window): Record<string, BadShare> {
  return Object.fromEntries(
    Object.entries(catalog.objectives ?? {}).flatMap(([name, objective]) => {
      const share = badShareOf(promql, objective, window);
      return share.allowed > 0 && share.allowed < 1 ? [[name, share] as const] : [];
    }),
  );
}

function badShareOf(promql: Promql, objective: ObjectiveSpec, window: Window): BadShare {
  if ("vital" in objective) {
    const { vital, below, ratio } = objective;
    const good = promql.shareBelow(webVitals[vital].metric, below, window, [], { navigation: "hard" });
    return { bad: badShare(good), allowed: 1 - ratio };
  }
  const { rate } = httpRequests(promql);
  const failed = sumBy([], rate(window, "failed"));
  return { bad: ratioOf(failed, sumBy([], rate(window))), allowed: objective.http.errorsBelow };
}
