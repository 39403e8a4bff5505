import { changeOf, type Sum } from "../promql/expression.ts";
import type { Promql } from "../promql/promql.ts";
import type { Query } from "./board.ts";

/** The same weekday, and the same time of the day. */
const A_WEEK = "1w";

/** The words that follow every description of a panel with a change. */
export const CHANGE_WORDS =
  "The change is against the same time last week, and is missing until a week is stored.";

/**
 * Returns a sum, and its change against the same time last week: the second is empty until there is one.
 *
 * @param sumOf The sum over the metrics of a time.
 */
export function withChange(promql: Promql, legend: string, sumOf: (promql: Promql) => Sum): Query[] {
  const now = sumOf(promql);
  const change = changeOf(now, sumOf(promql.before(A_WEEK)));
  return [
    { expression: now, legend },
    { expression: change, legend: `${legend} against last week` },
  ];
}

/** Returns a query for now, and the same a week earlier, for a dashed line or a second value. */
export function withLastWeek(
  promql: Promql,
  legend: string,
  expressionOf: (promql: Promql) => Query["expression"],
): Query[] {
  return [
    { expression: expressionOf(promql), legend },
    { expression: expressionOf(promql.before(A_WEEK)), legend: `${legend} last week` },
  ];
}
