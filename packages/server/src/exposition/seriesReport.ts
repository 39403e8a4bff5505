import { linesPerSeries, openLabels } from "../metrics/descriptor.ts";
import type { StoredFamily } from "../metrics/family.ts";
import type { Recorder } from "../metrics/recorder.ts";
import type { Handler } from "hono";

/** Maximum values of a label in the report: enough to see a pattern, too few to list users. */
const LARGEST = 10;

interface Room {
  readonly series: number;
  readonly limit: number;
}

/** A label of a metric. */
interface LabelReport {
  readonly label: string;
  /** True if any value is allowed. */
  readonly open: boolean;
  /** Number of different values that the series have. */
  readonly values: number;
  /** Samples that count under `__other__` instead of the reported value, since the start. */
  readonly folded: number;
  /** The values that most series have, the largest first. */
  readonly largest: readonly { readonly value: string; readonly series: number }[];
}

interface MetricReport extends Room {
  readonly metric: string;
  /** Lines of the exposition. */
  readonly lines: number;
  /** The label with the most values first. */
  readonly labels: readonly LabelReport[];
}

/** The answer of `GET /api/rumkit/cardinality`: the number of series, their limits, and the labels that create them. */
export interface CardinalityReport extends Room {
  /** Series and limits by side, for metrics with open labels. Excludes the series that the catalog declares. */
  readonly sides: Readonly<Record<"page" | "backend" | "collector", Room>>;
  /** Metrics with labels, the one with the most series first. */
  readonly metrics: readonly MetricReport[];
}

/** Reports on the series. Reading takes time in proportion to the report; counting a sample costs nothing extra. */
export interface SeriesReport {
  read(): CardinalityReport;
  /** Updates the metrics about series: called for a scrape. */
  record(): void;
}

export function createSeriesReport({ families, tally, child, record }: Recorder): SeriesReport {
  const labelled = families.filter(({ descriptor }) => descriptor.labels.length > 0);
  const reported = families.find(({ descriptor }) => descriptor.name === "rum_series")?.descriptor.values?.[
    "metric"
  ];
  const growing = labelled.filter(({ descriptor }) => reported?.includes(descriptor.name));
  const gauges = growing.map((family) => ({ family, shown: family.descriptor.known.length }));
  child("rum_series_limit", {}).add(tally.process.limit);
  const recordFolded = createFoldedCount(record);

  return {
    read: () => readReport(labelled, tally),
    record: () => {
      for (const gauge of gauges) {
        const { descriptor, series } = gauge.family;
        // Viewers of the live page receive only changes.
        if (series.size !== gauge.shown)
          record({ metric: "rum_series", labels: { metric: descriptor.name }, value: series.size });
        gauge.shown = series.size;
        recordFolded(gauge.family);
      }
    },
  };
}

/** Returns a function that records the samples of a family that have folded since its last call. */
function createFoldedCount(record: Recorder["record"]): (family: StoredFamily) => void {
  /** The number recorded so far for each metric and label. */
  const recorded = new Map<string, number>();
  return ({ descriptor: { name: metric }, folded }) => {
    for (const [label, times] of folded) {
      const key = `${metric} ${label}`;
      const value = times - (recorded.get(key) ?? 0);
      record({ metric: "rum_series_folded_total", labels: { metric, label }, value });
      recorded.set(key, times);
    }
  };
}

function readReport(labelled: readonly StoredFamily[], tally: Recorder["tally"]): CardinalityReport {
  const { page, backend, collector } = tally.sides;
  return {
    series: tally.process.used,
    limit: tally.process.limit,
    sides: { page: roomOf(page), backend: roomOf(backend), collector: roomOf(collector) },
    metrics: labelled
      .map((family) => reportMetric(family, tally.limitOf(family.descriptor)))
      .toSorted((a, b) => b.series - a.series),
  };
}

function roomOf({ used, limit }: { readonly used: number; readonly limit: number }): Room {
  return { series: used, limit };
}

function reportMetric(family: StoredFamily, limit: number): MetricReport {
  const { descriptor, series } = family;
  const open = openLabels(descriptor);
  return {
    metric: descriptor.name,
    series: series.size,
    limit,
    lines: series.size * linesPerSeries(descriptor),
    labels: descriptor.labels
      .map((label) => reportLabel(family, label, open.includes(label)))
      .toSorted((a, b) => b.values - a.values),
  };
}

function reportLabel(family: StoredFamily, label: string, open: boolean): LabelReport {
  const values = [...family.valuesOf(label)].map(([value, series]) => ({ value, series }));
  return {
    label,
    open,
    values: values.length,
    folded: family.folded.get(label) ?? 0,
    largest: values.toSorted((a, b) => b.series - a.series).slice(0, LARGEST),
  };
}

/** `GET /api/rumkit/cardinality`: the number of series, their limits, and the labels that create them. */
export function createCardinalityRoute(series: SeriesReport): Handler {
  return (c) => c.json(series.read(), 200, { "cache-control": "no-store" });
}
