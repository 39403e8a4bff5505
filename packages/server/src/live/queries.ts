import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { WindowSource } from "./windows.ts";

/** PromQL with the meaning of the live figures. */
export interface Queries {
  /** The increase of counters over a range, added up. Of a histogram: of its observations. */
  increase(sources: readonly WindowSource[], range: string, isHistogram?: boolean): string;
  /** A quantile of a histogram over a range. */
  quantile(q: number, source: WindowSource, range: string): string;
  /** A gauge over all instances: the values of processes are joined, then its label sets. */
  gauge(source: WindowSource): string;
}

/**
 * Only series of targets that reported this app within the range are read: in one Prometheus there may be several apps
 * with the same metrics.
 */
export function createQueries(
  app: string,
  descriptors: ReadonlyMap<string, MetricDescriptor> = new Map(),
): Queries {
  const info = `app_info{app=${JSON.stringify(app)}}`;
  const ofApp = (range: string): string => `and on (job, instance) last_over_time(${info}[${range}])`;
  return {
    increase: (sources, range, isHistogram = false) => {
      // The families have different labels, so that `or` keeps all series of both.
      const each = sources.map(
        (source) => `increase(${selector(source, isHistogram ? "_count" : "")}[${range}])`,
      );
      const all = each.length > 1 ? `(${each.join(" or ")})` : each.join("");
      return `sum(${all} ${ofApp(range)})`;
    },
    quantile: (q, source, range) =>
      `histogram_quantile(${q}, sum by (le) (increase(${selector(source, "_bucket")}[${range}]) ${ofApp(range)}))`,
    gauge: (source) => {
      const series = `${selector(source, "")} and on (job, instance) ${info}`;
      const { acrossProcesses: rule, addsUp, labels = [] } = descriptors.get(source.metric) ?? {};
      if (rule === undefined) return `sum(${series})`;
      const join = rule === "first" ? "max" : rule;
      return addsUp && labels.length > 0
        ? `sum(${join} by (${labels.join(", ")}) (${series}))`
        : `${join}(${series})`;
    },
  };
}

function selector({ metric, labels = {}, matching }: WindowSource, suffix: string): string {
  const matchers = [
    ...Object.entries(labels).map(([name, value]) => matcher(name, value)),
    ...(matching ? [`${matching.label}=~${JSON.stringify(matching.pattern)}`] : []),
  ];
  return `${metric}${suffix}${matchers.length > 0 ? `{${matchers.join(",")}}` : ""}`;
}

/** A list becomes an expression of which each value is an alternative, word for word. */
function matcher(name: string, value: string | readonly string[]): string {
  if (typeof value === "string") return `${name}=${JSON.stringify(value)}`;
  const alternatives = value.map((each) => each.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return `${name}=~${JSON.stringify(alternatives.join("|"))}`;
}
