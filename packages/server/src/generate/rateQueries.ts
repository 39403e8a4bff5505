import { perMinute, sumBy } from "./expression.ts";
import type { PanelQuery } from "./panelSpec.ts";
import { type Promql, RATE_INTERVAL } from "./promql.ts";

/** One query for each family that exists: its rate by one label, with the legend named. */
export function ratesBy(
  promql: Promql,
  label: string,
  legends: Readonly<Record<string, string>>,
): PanelQuery[] {
  return Object.entries(legends).flatMap(([family, legend]) =>
    ifKnown(promql, family, (metric) => ({
      expression: sumBy([label], promql.rate(metric, RATE_INTERVAL)),
      legend,
    })),
  );
}

/** The same by the minute. */
export function ratesByPerMinute(
  promql: Promql,
  label: string,
  legends: Readonly<Record<string, string>>,
): PanelQuery[] {
  return ratesBy(promql, label, legends).map((query) => ({
    ...query,
    expression: perMinute(query.expression),
  }));
}

/** The query where the metric exists, else none. */
export function ifKnown(promql: Promql, metric: string, query: (metric: string) => PanelQuery): PanelQuery[] {
  return promql.has(metric) ? [query(metric)] : [];
}
