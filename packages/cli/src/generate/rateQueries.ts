import { perMinute, sumBy } from "./expression.ts";
import type { PanelQuery } from "./panelSpec.ts";
import { type Promql, RATE_INTERVAL } from "./promql.ts";

/**
 * One query for each family that exists: its rate by one label, with the legend named.
 *
 * By the minute, as all that people do: a site with ten visitors has 0.02 clicks a second.
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

/** The query where the metric exists, else none. */
export function ifKnown(promql: Promql, metric: string, query: (metric: string) => PanelQuery): PanelQuery[] {
  return promql.has(metric) ? [query(metric)] : [];
}
