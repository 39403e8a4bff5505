import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { YamlMap } from "./yaml.ts";

/** A series under the name that it has on a board which was made before ours. */
interface Alias {
  readonly name: string;
  readonly metric: string;
  /** What the exposition adds to a histogram's name, `""` for a counter. */
  readonly suffixes: readonly string[];
  /** Label values to select, as PromQL. */
  readonly selector: string;
}

const ALIASES: readonly Alias[] = [
  {
    name: "frontend_page_views_total",
    metric: "rum_page_views_total",
    suffixes: [""],
    selector: "",
  },
  {
    name: "frontend_button_clicks_total",
    metric: "rum_clicks_total",
    suffixes: [""],
    selector: "",
  },
  {
    name: "frontend_page_load_duration_seconds",
    metric: "rum_page_load_seconds",
    suffixes: ["_bucket", "_sum", "_count"],
    selector: '{phase="load"}',
  },
];

/**
 * Recording rules that give our series the names that an older board asks for. Every label stays, so that a
 * rate over an alias sees each restart; a board sums as it did.
 */
export function renderAliases(descriptors: readonly MetricDescriptor[]): YamlMap[] {
  const known = new Set(descriptors.map(({ name }) => name));
  return ALIASES.filter(({ metric }) => known.has(metric)).flatMap(({ name, metric, suffixes, selector }) =>
    suffixes.map((suffix) => ({ record: name + suffix, expr: metric + suffix + selector })),
  );
}
