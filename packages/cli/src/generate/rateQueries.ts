import { perMinute, sumBy } from "./expression.ts";
import type { PanelQuery } from "./panelSpec.ts";
import { type Promql, RATE_INTERVAL } from "./promql.ts";

/**
 * Returns one query for each family that exists: its rate per minute by one label, with the given legend.
 *
 * Per minute, like all actions of users: a site with ten visitors has 0.02 clicks per second.
 */
export function ratesByPerMinute(
  promql: Promql,
  label: string,
  legends: Readonly<Record<string, string>>,
): PanelQuery[] {
  return Object.entries(legends).flatMap(([family, legend]) =>
    ifKnown(promql, family, (metric) => ({
      expression: perMinute(sumBy([label], promql.rate(metric, RATE_INTERVAL))),
      legend,
    })),
  );
}

/** Returns the query if the metric exists, else none. */
export function ifKnown(promql: Promql, metric: string, query: (metric: string) => PanelQuery): PanelQuery[] {
  return promql.has(metric) ? [query(metric)] : [];
}
