import type { LabelSpec } from "@rumkit/protocol";
import { isOpen, type MetricDescriptor } from "./descriptor.ts";
import { ENDED_VALUE, summedLines } from "./endedValues.ts";
import { labelSets } from "./labelSets.ts";

/** What the collector says about the number of its own series: these metrics and all `others`. */
export function describeSeriesMetrics(others: readonly MetricDescriptor[]): MetricDescriptor[] {
  const labelled = others.filter(({ labels }) => labels.length > 0);
  const endable = others
    .filter((metric) => isOpen(metric) && metric.unit !== "currency")
    .flatMap(summedLines);
  const growing = {
    metric: labelled.filter(({ known, maxSeries }) => known.length < maxSeries).map(({ name }) => name),
  };
  const names = ["rum_series", "rum_series_folded_total", ENDED_VALUE];
  const metrics = { metric: [...labelled.map(({ name }) => name), ...names] };
  const labels = { label: [...new Set([...labelled.flatMap((metric) => metric.labels), "metric", "label"])] };
  const pairs = [
    ...labelled,
    { labels: ["metric"] },
    { labels: ["metric", "label"] },
    { labels: ["metric"] },
  ];
  return [
    // Budgets are a process's own: of a cluster, the fullest one and its limit.
    {
      ...own(
        "rum_series",
        "gauge",
        "Series of a metric that had more than those that the catalog declares.",
        growing,
      ),
      known: [],
      values: growing,
      // It is said when it changes, and stays true.
      idleMs: Number.POSITIVE_INFINITY,
      acrossProcesses: "max",
    },
    {
      ...own("rum_series_limit", "gauge", "Series of all metrics from which on new label sets fold.", {}),
      acrossProcesses: "min",
    },
    {
      ...own(
        "rum_series_folded_total",
        "counter",
        "Samples that count under __other__ instead of their own value of a label.",
        { ...metrics, ...labels },
      ),
      // Most labels never fold, so that they begin with their first.
      known: [],
      values: { ...metrics, ...labels },
      maxSeries: pairs.reduce((sum, metric) => sum + metric.labels.length, 0),
    },
    endedValues(endable),
  ];
}

/** What series had counted that have ended. */
function endedValues(endable: readonly string[]): MetricDescriptor {
  return {
    ...own(
      ENDED_VALUE,
      "counter",
      "What series had counted that have ended, being idle, by the line that had it.",
      {
        metric: endable,
      },
    ),
    isKeptWithOthers: true,
    // They begin with the first end.
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
