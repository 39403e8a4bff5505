import type { Matchers } from "../promql/matchers.ts";
import type { Promql } from "../promql/promql.ts";
import type { YamlMap } from "../base/yaml.ts";

/** A series of ours, with its name in an older dashboard. */
interface Alias {
  readonly name: string;
  readonly metric: string;
  /** The suffixes that the exposition adds to a histogram's name; `""` for a counter. */
  readonly suffixes: readonly string[];
  /** Label values to select. Default all. */
  readonly matchers?: Matchers;
}

const ALIASES: readonly Alias[] = [
  {
    name: "frontend_page_views_total",
    metric: "rum_page_views_total",
    suffixes: [""],
  },
  {
    name: "frontend_button_clicks_total",
    metric: "rum_clicks_total",
    suffixes: [""],
  },
  {
    name: "frontend_page_load_duration_seconds",
    metric: "rum_page_load_seconds",
    suffixes: ["_bucket", "_sum", "_count"],
    matchers: { phase: "load" },
  },
];

/**
 * Renders recording rules that copy our series to the names that an older dashboard queries. The copies
 * keep all labels: each process remains a separate series, so a rate over an alias handles its restarts, and the sums of the
 * dashboard stay correct.
 */
export function renderAliases(promql: Promql): YamlMap[] {
  // The collector itself exposes the aliases of the catalog.
  return ALIASES.filter(({ name, metric }) => promql.has(metric) && !promql.has(name)).flatMap(
    ({ name, metric, suffixes, matchers }) =>
      suffixes.map((suffix) => ({ record: name + suffix, expr: promql.series(metric, suffix, matchers) })),
  );
}
