import { type Expression, perMinute, sumBy } from "../promql/expression.ts";
import type { Promql } from "../promql/promql.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { Query } from "./board.ts";

/**
 * Returns one query for each family that exists: its rate per minute by one label, with the given legend.
 *
 * Per minute, like all actions of users: a site with ten visitors has 0.02 clicks per second.
 */
export function ratesByPerMinute(
  promql: Promql,
  label: string,
  legends: Readonly<Record<string, string>>,
): Query[] {
  return Object.entries(legends).flatMap(([family, legend]) =>
    ifKnown(promql, family, (metric) => ({
      expression: perMinute(sumBy([label], promql.rate(metric, RATE_INTERVAL))),
      legend,
    })),
  );
}

/** Returns the query if the metric exists, else none. */
export function ifKnown(promql: Promql, metric: string, query: (metric: string) => Query): Query[] {
  return promql.has(metric) ? [query(metric)] : [];
}

/** Returns one query with a legend if the metric exists, else none. */
export function queryOf(
  promql: Promql,
  metric: string,
  legend: string,
  expression: (metric: string) => Expression,
): Query[] {
  return ifKnown(promql, metric, (name) => ({ expression: expression(name), legend }));
}
