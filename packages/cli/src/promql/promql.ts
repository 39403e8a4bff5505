import type { Condition } from "./condition.ts";
import { type Expression, type SeriesSet, type Sum, sumBy } from "./expression.ts";
import { bucketsOver, observationsOver, quantile, rateBelow, share } from "./histogram.ts";
import { type Matchers, renderMatchers } from "./matchers.ts";
import type { Scope } from "./scope.ts";
import { createSelection, type SelectionWriter, unitOf } from "./selection.ts";
import type { Duration, Window } from "./window.ts";
import type { MetricDescriptor } from "@rumkit/server";

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

/** The series in which Prometheus shows each alert that is pending or firing. Rules add the label `app`. */
const ALERTS: MetricDescriptor = {
  ...UP,
  name: "ALERTS",
  help: "An alert that is pending or firing; always 1.",
  labels: ["alertname", "alertstate", "severity", "app"],
};

/** Builds expressions over a set of metrics. Every function throws if a name, a type or a label is wrong. */
export interface Promql {
  /** The label of the scrape job, by which rules sum. */
  readonly job: string;
  /** The labels that identify a process, which an alert about it must name. */
  readonly process: readonly [job: string, instance: string];
  /** The same expressions as they were before: each selector has this offset, such as `1w`. */
  before(offset: Duration): Promql;
  has(metric: string): boolean;
  isHistogram(metric: string): boolean;
  /** The alerts of the app, `firing` ones unless another state is given. */
  alerts(app: string, state?: "firing" | "pending"): SeriesSet;
  /** Increase of a counter per second. */
  rate(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** Increase of a counter over the window. */
  increase(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** A gauge, or Prometheus' `up`. */
  gauge(metric: string, matchers?: Matchers): SeriesSet;
  /** The mean or the highest value of a gauge over the window, or the number of its samples. */
  gaugeOver(
    operation: "avg" | "max" | "count",
    metric: string,
    window: Window,
    matchers?: Matchers,
  ): SeriesSet;
  /** Holds, with the label `job`, for each job of the scope without any series of the gauge. */
  absent(metric: string): Condition;
  /** Observations of a histogram over the window. */
  observations(metric: string, window: Window, by: readonly string[], matchers?: Matchers): Sum;
  /** Observations of a histogram per second. */
  observationRate(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** Observations of a histogram over the window, series by series. */
  observationIncrease(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** Observations of a histogram over the window in each bucket. Sum by `le` for a heat map. */
  bucketIncrease(metric: string, window: Window, matchers?: Matchers): SeriesSet;
  /** The quantile `q`, 0–1. Its value never exceeds the last finite bucket edge. */
  histogramQuantile(
    q: number,
    metric: string,
    window: Window,
    by?: readonly string[],
    matchers?: Matchers,
  ): Expression;
  /** Observations per second up to `edge`, which must be a bucket edge. */
  rateBelow(metric: string, edge: number, window: Window): SeriesSet;
  /** The share of observations up to `edge`, which must be a bucket edge, because the share is known only there. */
  shareBelow(
    metric: string,
    edge: number,
    window: Window,
    by?: readonly string[],
    matchers?: Matchers,
  ): Expression;
  /** Returns PromQL that selects a family's series. `suffix` is the suffix of a histogram, or "". */
  series(metric: string, suffix: string, matchers?: Matchers): string;
  /**
   * The series of a recording rule with that name, which have the labels of the expression. Rules keep no other label of
   * a target than the job, so that a board's choice of an instance has no effect.
   */
  recorded(name: string, expression: Expression, matchers?: Matchers): Expression;
}

/** Creates a `Promql` for these metrics only. Every selector has the scope's matchers. */
export function createPromql(
  descriptors: readonly MetricDescriptor[],
  scope: Scope,
  offset?: Duration,
): Promql {
  const metrics = new Map([UP, ...descriptors].map((descriptor) => [descriptor.name, descriptor]));
  const find: FindMetric = (name, type) => findMetric(metrics, name, type);
  const selection = createSelection(scope, offset);
  const { job, instance } = scope.labels;
  return {
    job,
    process: [job, instance],
    before: (other) => createPromql(descriptors, scope, other),
    has: (metric) => metrics.has(metric),
    isHistogram: (metric) => metrics.get(metric)?.type === "histogram",
    alerts: (app, state = "firing") => ({
      ...selection.series(
        ALERTS,
        `ALERTS{${scope.job},app=${JSON.stringify(app)},alertstate="${state}"}`,
        unitOf(ALERTS),
      ),
      labels: [job, ...ALERTS.labels],
    }),
    ...ofCounters(find, selection),
    ...ofGauges(find, selection),
    absent: (name) => absentIn(scope, find(name, "gauge").name),
    ...ofHistograms(find, selection),
    series: (name, suffix, matchers) => selection.select(find(name), suffix, matchers),
    recorded: (name, expression, matchers) => readRecorded(scope, name, expression, matchers),
  };
}

/** Throws if the metric does not exist, or is not of the type. */
type FindMetric = (name: string, type?: MetricDescriptor["type"]) => MetricDescriptor;

function ofCounters(find: FindMetric, selection: SelectionWriter): Pick<Promql, "rate" | "increase"> {
  return {
    rate: (name, window, matchers) => counterOver(selection, "rate", find(name, "counter"), window, matchers),
    increase: (name, window, matchers) =>
      counterOver(selection, "increase", find(name, "counter"), window, matchers),
  };
}

function ofGauges(
  find: FindMetric,
  { select, over, series }: SelectionWriter,
): Pick<Promql, "gauge" | "gaugeOver"> {
  return {
    gauge: (name, matchers) => {
      const metric = find(name, "gauge");
      return series(metric, over(undefined, select(metric, "", matchers)), unitOf(metric));
    },
    gaugeOver: (operation, name, window, matchers) => {
      const metric = find(name, "gauge");
      const text = over(`${operation}_over_time`, select(metric, "", matchers), window);
      return series(metric, text, unitOf(metric));
    },
  };
}

type OfHistograms =
  | "observations"
  | "observationRate"
  | "observationIncrease"
  | "bucketIncrease"
  | "histogramQuantile"
  | "rateBelow"
  | "shareBelow";

function ofHistograms(find: FindMetric, selection: SelectionWriter): Pick<Promql, OfHistograms> {
  const histogram = (name: string): MetricDescriptor => find(name, "histogram");
  return {
    observations: (name, window, by, matchers) =>
      sumBy(by, observationsOver(selection, "increase", histogram(name), window, matchers)),
    observationRate: (name, window, matchers) =>
      observationsOver(selection, "rate", histogram(name), window, matchers),
    observationIncrease: (name, window, matchers) =>
      observationsOver(selection, "increase", histogram(name), window, matchers),
    bucketIncrease: (name, window, matchers) =>
      bucketsOver(selection, "increase", histogram(name), window, matchers),
    histogramQuantile: (q, name, window, by = [], matchers = {}) =>
      quantile(selection, q, histogram(name), { window, by, matchers }),
    rateBelow: (name, edge, window) => rateBelow(selection, histogram(name), edge, { window }),
    shareBelow: (name, edge, window, by = [], matchers = {}) =>
      share(selection, histogram(name), edge, { window, by, matchers }),
  };
}

/** Holds for each job of the scope that has no series of the gauge. */
function absentIn({ eachJob, labels }: Scope, name: string): Condition {
  const texts = eachJob.map((matchers) => `absent(${name}{${matchers}})`);
  return { text: texts.length === 1 ? texts[0]! : `(${texts.join(" or ")})`, labels: [labels.job] };
}

function readRecorded(
  scope: Scope,
  name: string,
  expression: Expression,
  matchers: Matchers = {},
): Expression {
  const text = `${name}{${[scope.job, ...renderMatchers(matchers)].join(",")}}`;
  return { ...expression, text, filters: [] };
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
  { select, over, series }: SelectionWriter,
  operation: "rate" | "increase",
  metric: MetricDescriptor,
  window: Window,
  matchers: Matchers = {},
): SeriesSet {
  const text = over(operation, select(metric, "", matchers), window);
  const rateUnit = metric.unit === "currency" ? "money_per_second" : "count_per_second";
  const { currency } = matchers;
  return {
    ...series(metric, text, operation === "rate" ? rateUnit : unitOf(metric)),
    ...(typeof currency === "string" && { currency }),
  };
}
