import {
  type Condition,
  type Expression,
  type ExpressionUnit,
  ratioOf,
  type SeriesSet,
  type Sum,
  sumBy,
} from "./expression.ts";
import type { Scope } from "./scope.ts";
import { checkMatchers, type Matchers, renderMatchers } from "./matchers.ts";
import type { MetricDescriptor } from "@rumkit/server";
import { TARGET_LABELS } from "@rumkit/server/internal/metrics";

/** A PromQL duration such as `5m`, or one of Grafana's two variables. */
export type Window = `${number}${"s" | "m" | "h" | "d"}` | typeof RATE_INTERVAL | typeof RANGE;

/** Grafana's variable: at least four scrape intervals, without a gap between two points of a graph. */
export const RATE_INTERVAL = "$__rate_interval";

/** Grafana's variable: the whole time range of the dashboard. */
export const RANGE = "$__range";

/** RFC 9110, section 15.6: the server failed, not the client. */
export const SERVER_ERROR = /5../;

/** The metric that Prometheus adds for each target: 1 if the last scrape was answered, else 0. */
const UP: MetricDescriptor = {
  name: "up",
  type: "gauge",
  help: "The last scrape was answered.",
  unit: "none",
  side: "collector",
  labels: [],
  known: [],
  maxSeries: Number.POSITIVE_INFINITY,
};

/** Builds expressions over a set of metrics. Every function throws if a name, a type or a label is wrong. */
export interface Promql {
  has(metric: string): boolean;
  /** Increase of a counter per second. */
  rate(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** Increase of a counter over the window. */
  increase(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** A gauge, or Prometheus' `up`. */
  gauge(metric: string, matchers?: Matchers): SeriesSet;
  /** The mean or the highest value of a gauge over the window. */
  gaugeOver(operation: "avg" | "max", metric: string, window: Window): SeriesSet;
  /** Holds, with the label `job`, for each job of the scope without any series of the gauge. */
  absent(metric: string): Condition;
  /** Observations of a histogram over the window. */
  observations(metric: string, window: Window, by: readonly string[], matchers?: Matchers): Sum;
  /** Observations of a histogram per second. */
  observationRate(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** Observations of a histogram over the window, series by series. */
  observationIncrease(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** The quantile `q`, 0–1. Its value never exceeds the last finite bucket edge. */
  histogramQuantile(
    q: number,
    metric: string,
    window: Window,
    by?: readonly string[],
    matchers?: Matchers,
  ): Expression;
  /** The share of observations up to `edge`, which must be a bucket edge, because the share is known only there. */
  shareBelow(metric: string, edge: number, window: Window, by?: readonly string[]): Expression;
  /** Returns PromQL that selects a family's series. `suffix` is the suffix of a histogram, or "". */
  series(metric: string, suffix: string, matchers?: Matchers): string;
  /** The series of a recording rule with that name, which have the labels of the expression. */
  recorded(name: string, expression: Expression): Expression;
}

/** Creates a `Promql` for these metrics only. Every selector has the scope's matchers. */
export function createPromql(descriptors: readonly MetricDescriptor[], scope: Scope): Promql {
  const metrics = new Map([UP, ...descriptors].map((descriptor) => [descriptor.name, descriptor]));
  const find = (name: string, type?: MetricDescriptor["type"]) => findMetric(metrics, name, type);
  const select: Select = (metric, suffix, matchers = {}) => {
    checkMatchers(metric, matchers);
    return `${metric.name}${suffix}{${[scope.matchers, ...renderMatchers(matchers)].join(",")}}`;
  };
  return {
    has: (metric) => metrics.has(metric),
    rate: (name, window, matchers) => counterOver(select, "rate", find(name, "counter"), window, matchers),
    increase: (name, window, matchers) =>
      counterOver(select, "increase", find(name, "counter"), window, matchers),
    gauge: (name, matchers) => gaugeOf(find(name, "gauge"), (metric) => select(metric, "", matchers)),
    gaugeOver: (operation, name, window) =>
      gaugeOf(find(name, "gauge"), (metric) => over(`${operation}_over_time`, select(metric, ""), window)),
    absent: (name) => {
      const { name: known } = find(name, "gauge");
      const texts = scope.eachJob.map((job) => `absent(${known}{${job}})`);
      return { text: texts.length === 1 ? texts[0]! : `(${texts.join(" or ")})`, labels: ["job"] };
    },
    observations: (name, window, by, matchers) =>
      sumBy(by, observationsOver(select, "increase", find(name, "histogram"), window, matchers)),
    observationRate: (name, window, matchers) =>
      observationsOver(select, "rate", find(name, "histogram"), window, matchers),
    observationIncrease: (name, window, matchers) =>
      observationsOver(select, "increase", find(name, "histogram"), window, matchers),
    histogramQuantile: (q, name, window, by = [], matchers = {}) =>
      quantile(select, q, find(name, "histogram"), { window, by, matchers }),
    shareBelow: (name, edge, window, by = []) => share(select, find(name, "histogram"), edge, { window, by }),
    series: (name, suffix, matchers) => select(find(name), suffix, matchers),
    recorded: (name, expression) => ({ ...expression, text: `${name}{${scope.job}}` }),
  };
}

/** Selects series of a family. Throws if a matcher names a label or value that the family never has. */
type Select = (metric: MetricDescriptor, suffix: string, matchers?: Matchers) => string;

interface Selection {
  readonly window: Window;
  readonly by: readonly string[];
  readonly matchers?: Matchers;
}

function findMetric(
  metrics: ReadonlyMap<string, MetricDescriptor>,
  name: string,
  type: MetricDescriptor["type"] | undefined,
): MetricDescriptor {
  const metric = metrics.get(name);
  if (!metric) {
    throw new Error(
      `[rumkit] No metric is called "${name}". Declare it in the catalog, or use one of: ${[...metrics.keys()].join(", ")}.`,
    );
  }
  if (type !== undefined && metric.type !== type) {
    throw new Error(`[rumkit] ${name} is a ${metric.type}. Use a ${type} here.`);
  }
  return metric;
}

function counterOver(
  select: Select,
  operation: "rate" | "increase",
  metric: MetricDescriptor,
  window: Window,
  matchers: Matchers = {},
): SeriesSet {
  const text = over(operation, select(metric, "", matchers), window);
  const rateUnit = metric.unit === "currency" ? "money_per_second" : "count_per_second";
  const { currency } = matchers;
  return {
    ...seriesSet(metric, text, operation === "rate" ? rateUnit : unitOf(metric)),
    ...(typeof currency === "string" && { currency }),
  };
}

function observationsOver(
  select: Select,
  operation: "rate" | "increase",
  metric: MetricDescriptor,
  window: Window,
  matchers: Matchers = {},
): SeriesSet {
  const text = over(operation, select(metric, "_count", matchers), window);
  return seriesSet(metric, text, operation === "rate" ? "count_per_second" : "count");
}

function gaugeOf(metric: MetricDescriptor, textOf: (metric: MetricDescriptor) => string): SeriesSet {
  return seriesSet(metric, textOf(metric), unitOf(metric));
}

function quantile(
  select: Select,
  q: number,
  metric: MetricDescriptor,
  { window, by, matchers }: Selection,
): Expression {
  if (!(q > 0 && q < 1))
    throw new Error(`[rumkit] A quantile lies between 0 and 1: ${q}. Write 0.95 for p95.`);
  const text = over("rate", select(metric, "_bucket", matchers), window);
  const buckets = seriesSet(metric, text, "count_per_second");
  const sum = sumBy(["le", ...by], { ...buckets, labels: ["le", ...buckets.labels] });
  return {
    text: `histogram_quantile(${q}, ${sum.text})`,
    metric,
    labels: by,
    unit: unitOf(metric),
    highest: metric.buckets?.at(-1) ?? Infinity,
  };
}

function share(
  select: Select,
  metric: MetricDescriptor,
  edge: number,
  { window, by }: Selection,
): Expression {
  if (!metric.buckets?.includes(edge)) {
    throw new Error(
      `[rumkit] ${edge} is not a bucket edge of ${metric.name}. Take one of: ${metric.buckets?.join(", ")}.`,
    );
  }
  const count = (series: string) =>
    sumBy(by, seriesSet(metric, over("rate", series, window), "count_per_second"));
  const buckets = { ...metric, labels: [...metric.labels, "le"], known: [] };
  return ratioOf(
    count(select(buckets, "_bucket", { le: edgeMatcher(edge) })),
    count(select(metric, "_count")),
  );
}

/** Matches both forms of an edge: Prometheus 3 stores `4.0`, Prometheus 2 stores `4`, as exposed. */
function edgeMatcher(edge: number): string | RegExp {
  return Number.isInteger(edge) ? new RegExp(`${edge}(\\.0)?`) : String(edge);
}

function seriesSet(metric: MetricDescriptor, text: string, unit: ExpressionUnit): SeriesSet {
  return { kind: "series", text, metric, labels: [...TARGET_LABELS, ...metric.labels], unit };
}

function over(operation: string, selector: string, window: Window): string {
  if (window !== RATE_INTERVAL && window !== RANGE && !/^\d+[smhd]$/.test(window)) {
    throw new Error(`[rumkit] A window is a duration such as 5m: "${window as string}".`);
  }
  return `${operation}(${selector}[${window}])`;
}

function unitOf(metric: MetricDescriptor): ExpressionUnit {
  if (metric.unit === "none") return metric.type === "histogram" ? "number" : "count";
  return metric.unit === "currency" ? "money" : metric.unit;
}
