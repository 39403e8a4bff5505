import { allowedShareOf, PERIOD_DAYS } from "@rumkit/server/internal/metrics";
import { budgetLeft, burnRate, lowestOf } from "../promql/errorBudget.ts";
import type { Expression } from "../promql/expression.ts";
import { badShareOf } from "../promql/objective.ts";
import { RANGE, RATE_INTERVAL, type Window } from "../promql/window.ts";
import { createSlo } from "../rules/slo.ts";
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
      "What is left of the bad events that each objective allows, for the time shown: 100 % if nothing was bad, 0 % if all is spent. When it is red, stop risky releases until it recovers.",
    kind: "bargauge",
    queries: Object.entries(budgetsOf(context)).map(([name, expression]) => ({ expression, legend: name })),
    thresholds: BUDGET_COLORS,
  };
}

/** Every objective's budget of 30 days, which the rules record: it would be millions of samples in every refresh. */
export function recordedBudgets({ promql, catalog }: BoardContext): QueryPanel {
  return {
    name: "recorded-budgets",
    title: `Error budget left of ${PERIOD_DAYS} days`,
    description: `What is left of each error budget of the last ${PERIOD_DAYS} days, whatever time is shown, as the alerts count it. It is empty until Prometheus has loaded the generated rules, because they record it, and knows only what was stored since. When it is red, the objective is missed: plan work on reliability before features.`,
    kind: "bargauge",
    queries: Object.entries(catalog.objectives ?? {}).map(([name, objective]) => {
      const { budgetLeft: recording } = createSlo(promql, catalog.app, name, objective);
      const ofDocuments = "vital" in objective ? { navigation: "hard" } : {};
      const recorded = promql.recorded(recording.name, recording.expression, ofDocuments);
      return { expression: { ...recorded, text: `min(${recorded.text})`, labels: [] }, legend: name };
    }),
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
    Object.entries(catalog.objectives ?? {}).map(([name, objective]) => [
      name,
      { bad: badShareOf(promql, objective, window, []), allowed: allowedShareOf(objective) },
    ]),
  );
}
