import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { TARGET_LABELS } from "../metrics/lintLabelName.ts";
import {
  type Expression,
  type ExpressionUnit,
  ratioOf,
  type SeriesSet,
  type Sum,
  sumBy,
} from "./expression.ts";

/** Label values to select: a string is equality, a regular expression has to match the whole value. */
export type Matchers = Readonly<Record<string, string | RegExp>>;

/** A PromQL duration such as `5m`, or Grafana's variable for "long enough for the scrape interval". */
export type Window = `${number}${"s" | "m" | "h" | "d"}` | typeof RATE_INTERVAL;

/** Grafana: at least four scrape intervals, and no gap between two points of a graph. */
export const RATE_INTERVAL = "$__rate_interval";

/** RFC 9110, section 15.6: the server failed, not the client. */
export const SERVER_ERROR = /5../;

/** Builds expressions over a set of metrics. Every function throws where a name, a type or a label is wrong. */
export interface Promql {
  has(metric: string): boolean;
  /** Increase by the second of a counter. */
  rate(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** Increase of a counter over the window. */
  increase(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  gauge(metric: string): SeriesSet;
  /** Observations of a histogram over the window. */
  observations(metric: string, window: Window, by: readonly string[]): Sum;
  /** Observations of a histogram by the second. */
  observationRate(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** Observations of a histogram over the window, series by series. */
  observationIncrease(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** The quantile `q`, 0–1. Its value never exceeds the last finite bucket edge. */
  histogramQuantile(q: number, metric: string, window: Window, by?: readonly string[]): Expression;
  /** The share of observations at or below `edge`, which has to be a bucket edge: only there it is known. */
  shareBelow(metric: string, edge: number, window: Window, by?: readonly string[]): Expression;
}

/** A `Promql` that knows these metrics and no other. */
export function createPromql(descriptors: readonly MetricDescriptor[]): Promql {
  const metrics = new Map(descriptors.map((descriptor) => [descriptor.name, descriptor]));
  const find = (name: string, type: MetricDescriptor["type"]) => findMetric(metrics, name, type);
  return {
    has: (metric) => metrics.has(metric),
    rate: (name, window, matchers) => counterOver("rate", find(name, "counter"), window, matchers),
    increase: (name, window, matchers) => counterOver("increase", find(name, "counter"), window, matchers),
    gauge: (name) => {
      const metric = find(name, "gauge");
      return seriesSet(metric, name, unitOf(metric));
    },
    observations: (name, window, by) => {
      const text = over("increase", `${name}_count`, window);
      return sumBy(by, seriesSet(find(name, "histogram"), text, "count"));
    },
    observationRate: (name, window, matchers) =>
      observationsOver("rate", find(name, "histogram"), window, matchers),
    observationIncrease: (name, window, matchers) =>
      observationsOver("increase", find(name, "histogram"), window, matchers),
    histogramQuantile: (q, name, window, by = []) => quantile(q, find(name, "histogram"), window, by),
    shareBelow: (name, edge, window, by = []) => share(find(name, "histogram"), edge, window, by),
  };
}

function findMetric(
  metrics: ReadonlyMap<string, MetricDescriptor>,
  name: string,
  type: MetricDescriptor["type"],
): MetricDescriptor {
  const metric = metrics.get(name);
  if (!metric) {
    throw new Error(
      `[rumkit] No metric is called "${name}". Declare it in the catalogue, or use one of: ${[...metrics.keys()].join(", ")}.`,
    );
  }
  if (metric.type !== type) {
    throw new Error(`[rumkit] ${name} is a ${metric.type}. Use a ${type} here.`);
  }
  return metric;
}

function counterOver(
  operation: "rate" | "increase",
  metric: MetricDescriptor,
  window: Window,
  matchers: Matchers = {},
): SeriesSet {
  checkMatchers(metric, matchers);
  const text = over(operation, `${metric.name}${renderMatchers(matchers)}`, window);
  const rateUnit = metric.unit === "currency" ? "money_per_second" : "count_per_second";
  return {
    ...seriesSet(metric, text, operation === "rate" ? rateUnit : unitOf(metric)),
    fixed: Object.keys(matchers).filter((label) => typeof matchers[label] === "string"),
  };
}

function observationsOver(
  operation: "rate" | "increase",
  metric: MetricDescriptor,
  window: Window,
  matchers: Matchers = {},
): SeriesSet {
  checkMatchers(metric, matchers);
  const text = over(operation, `${metric.name}_count${renderMatchers(matchers)}`, window);
  return seriesSet(metric, text, operation === "rate" ? "count_per_second" : "count");
}

function quantile(q: number, metric: MetricDescriptor, window: Window, by: readonly string[]): Expression {
  if (!(q > 0 && q < 1))
    throw new Error(`[rumkit] A quantile lies between 0 and 1: ${q}. Write 0.95 for p95.`);
  const buckets = seriesSet(metric, over("rate", `${metric.name}_bucket`, window), "count_per_second");
  const sum = sumBy(["le", ...by], { ...buckets, labels: ["le", ...buckets.labels] });
  return {
    text: `histogram_quantile(${q}, ${sum.text})`,
    metric,
    labels: by,
    unit: unitOf(metric),
    highest: metric.buckets?.at(-1) ?? Infinity,
  };
}

function share(metric: MetricDescriptor, edge: number, window: Window, by: readonly string[]): Expression {
  if (!metric.buckets?.includes(edge)) {
    throw new Error(
      `[rumkit] ${edge} is no bucket edge of ${metric.name}. Take one of: ${metric.buckets?.join(", ")}.`,
    );
  }
  const count = (series: string) =>
    sumBy(by, seriesSet(metric, over("rate", series, window), "count_per_second"));
  const below = `${metric.name}_bucket${renderMatchers({ le: edgeMatcher(edge) })}`;
  return ratioOf(count(below), count(`${metric.name}_count`));
}

/** Prometheus 3 stores the edge 4 as `4.0`, Prometheus 2 as it was exposed: `4`. */
function edgeMatcher(edge: number): string | RegExp {
  return Number.isInteger(edge) ? new RegExp(`${edge}(\\.0)?`) : String(edge);
}

function seriesSet(metric: MetricDescriptor, text: string, unit: ExpressionUnit): SeriesSet {
  return { kind: "series", text, metric, labels: [...TARGET_LABELS, ...metric.labels], fixed: [], unit };
}

function over(operation: "rate" | "increase", selector: string, window: Window): string {
  if (window !== RATE_INTERVAL && !/^\d+[smhd]$/.test(window)) {
    throw new Error(`[rumkit] A window is a duration such as 5m: "${window as string}".`);
  }
  return `${operation}(${selector}[${window}])`;
}

function unitOf(metric: MetricDescriptor): ExpressionUnit {
  if (metric.unit === "none") return metric.type === "histogram" ? "number" : "count";
  return metric.unit === "currency" ? "money" : metric.unit;
}

function checkMatchers(metric: MetricDescriptor, matchers: Matchers): void {
  for (const [label, wanted] of Object.entries(matchers)) {
    if (!metric.labels.includes(label)) {
      throw new Error(
        `[rumkit] ${metric.name} has no label "${label}". Its labels: ${metric.labels.join(", ") || "none"}.`,
      );
    }
    const values = metric.known.map((labels) => labels[label] ?? "");
    // Where label sets can still appear, so can values.
    if (metric.known.length === metric.maxSeries && !values.some((value) => matchesWhole(wanted, value))) {
      throw new Error(
        `[rumkit] ${metric.name} never has ${label}="${String(wanted)}". Its values: ${[...new Set(values)].join(", ")}.`,
      );
    }
  }
}

function matchesWhole(wanted: string | RegExp, value: string): boolean {
  return typeof wanted === "string" ? wanted === value : new RegExp(`^(?:${wanted.source})$`).test(value);
}

function renderMatchers(matchers: Matchers): string {
  const parts = Object.entries(matchers).map(([label, wanted]) =>
    typeof wanted === "string"
      ? `${label}=${JSON.stringify(wanted)}`
      : `${label}=~${JSON.stringify(wanted.source)}`,
  );
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}
