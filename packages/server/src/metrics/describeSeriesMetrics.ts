import type { LabelSpec } from "@rumkit/protocol";
import { isOpen, labelSets, type MetricDescriptor } from "./descriptor.ts";
import { isHistogram, type Series } from "./seriesStore.ts";

/** Describes the metrics about the number of series: of these metrics and of all `others`. */
export function describeSeriesMetrics(others: readonly MetricDescriptor[]): MetricDescriptor[] {
  const labeled = others.filter(({ labels }) => labels.length > 0);
  const endable = others
    .filter((metric) => isOpen(metric) && metric.unit !== "currency")
    .flatMap(summedLines);
  const growing = {
    metric: labeled.filter(({ known, maxSeries }) => known.length < maxSeries).map(({ name }) => name),
  };
  return [
    // Each process has its own budgets. A cluster shows the fullest process and its limit.
    {
      ...own(
        "rum_series",
        "gauge",
        "Series of a metric that has more series than the catalog declares.",
        growing,
      ),
      known: [],
      values: growing,
      // Recorded only when it changes.
      idleMs: Number.POSITIVE_INFINITY,
      acrossProcesses: "max",
    },
    {
      ...own("rum_series_limit", "gauge", "Series of all metrics above which new label sets fold.", {}),
      acrossProcesses: "min",
    },
    foldedSamples(labeled),
    endedValues(endable),
  ];
}

/** Describes the counter of samples whose label value has folded. */
function foldedSamples(labeled: readonly MetricDescriptor[]): MetricDescriptor {
  const names = ["rum_series", "rum_series_folded_total", ENDED_VALUE];
  const metrics = { metric: [...labeled.map(({ name }) => name), ...names] };
  const labels = { label: [...new Set([...labeled.flatMap((metric) => metric.labels), "metric", "label"])] };
  const pairs = [...labeled, { labels: ["metric"] }, { labels: ["metric", "label"] }, { labels: ["metric"] }];
  return {
    ...own(
      "rum_series_folded_total",
      "counter",
      "Samples that count under __other__ because their label value has folded.",
      { ...metrics, ...labels },
    ),
    // Most labels never fold, so their series begin with the first sample.
    known: [],
    values: { ...metrics, ...labels },
    maxSeries: pairs.reduce((sum, metric) => sum + metric.labels.length, 0),
  };
}

/** Describes the counter of the values of ended series. */
function endedValues(endable: readonly string[]): MetricDescriptor {
  return {
    ...own(
      ENDED_VALUE,
      "counter",
      "Values of series that ended because they were idle, by the exposed line that had them.",
      {
        metric: endable,
      },
    ),
    isKeptWithOthers: true,
    // The series begin with the first end.
    known: [],
    values: { metric: endable },
    maxSeries: endable.length,
  };
}

function own(
  name: string,
  type: MetricDescriptor["type"],
  help: string,
  values: LabelSpec,
): MetricDescriptor {
  const known = labelSets(values);
  const labels = Object.keys(values);
  return { name, type, help, unit: "none", side: "collector", labels, known, maxSeries: known.length };
}

/**
 * The counter of the values of ended series, by the exposed line that had them. If the value of an ended series were
 * added to another series, `rate()` would count old events as new. This counter, which no query of ours passes to
 * `rate()`, keeps the sum over a metric complete.
 */
export const ENDED_VALUE = "rum_series_ended_value_total";

/** The exposed lines of a metric whose values add up. */
function summedLines({ name, type }: MetricDescriptor): string[] {
  if (type === "gauge") return [];
  return type === "histogram" ? [`${name}_count`, `${name}_sum`] : [name];
}

/** The counted values of a series, by line; none for a gauge, which is a state. */
export function summedValues(series: Series): (readonly [line: string, value: number])[] {
  const { name } = series.descriptor;
  if (isHistogram(series)) {
    return [
      [`${name}_count`, series.count],
      [`${name}_sum`, series.sum],
    ];
  }
  return series.kind === "gauge" ? [] : [[name, series.value]];
}
