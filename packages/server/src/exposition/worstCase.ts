import type { SeriesBudget } from "../metrics/seriesBudget.ts";
import {
  closedValues,
  type Labels,
  MAX_LABEL_LENGTH,
  type MetricDescriptor,
  openLabels,
  ruleOf,
} from "../metrics/descriptor.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { DEFAULT_BUDGET } from "../metrics/seriesBudget.ts";
import { type Family, isHistogram, type Series } from "../metrics/seriesStore.ts";
import { renderHead } from "./format.ts";
import { createSeriesRenderer, type Exemplars } from "./renderSeries.ts";

/** A metric with all its series. */
export interface MetricSize {
  readonly metric: string;
  readonly series: number;
  readonly lines: number;
  /** Its size in the text format 0.0.4, with the lines of HELP and TYPE. */
  readonly bytes: number;
}

/** The families themselves, so that their memory can be measured. */
export interface WorstCase {
  readonly metrics: readonly MetricSize[];
  readonly families: readonly Family[];
}

/** The longest number that every counter exposes exactly: 16 digits. */
const WIDEST = Number.MAX_SAFE_INTEGER;

/**
 * Creates every series that these metrics can have, and renders them as a scrape does. Values of open labels have the
 * maximum length, in ASCII, and every number has the maximum number of digits.
 */
export function buildWorstCase(
  descriptors: readonly MetricDescriptor[],
  budget: SeriesBudget = {},
): WorstCase {
  const { perMetric } = { ...DEFAULT_BUDGET, ...budget };
  const unlimited = Number.POSITIVE_INFINITY;
  const { families } = createRecorder(descriptors, undefined, {
    perMetric,
    perSide: unlimited,
    perProcess: unlimited,
  });
  const metrics = families.map(({ descriptor, series, seriesOf }) => {
    const limit =
      openLabels(descriptor).length > 0 ? Math.min(descriptor.maxSeries, perMetric) : descriptor.maxSeries;
    for (const labels of worstSets(descriptor, limit)) {
      if (series.size >= limit) break;
      seriesOf(labels);
    }
    return measure(descriptor, [...series]);
  });
  return { metrics, families };
}

function measure(descriptor: MetricDescriptor, all: readonly Series[]): MetricSize {
  const render = createSeriesRenderer(descriptor, {
    format: "text",
    zeroSince: Number.POSITIVE_INFINITY,
    startedAt: Number.NEGATIVE_INFINITY,
    createdSince: Number.POSITIVE_INFINITY,
    exemplars: NO_EXEMPLARS,
  });
  let bytes = renderHead(descriptor, "text").length;
  let lines = 0;
  for (const series of all) {
    fill(series);
    const text = render(series);
    // Every character is one byte of the exposition.
    bytes += text.length;
    lines += text.split("\n").length - 1;
  }
  return { metric: descriptor.name, series: all.length, lines, bytes };
}

const NO_EXEMPLARS: Exemplars = { keep: () => {}, of: () => undefined };

function fill(series: Series): void {
  if (isHistogram(series)) {
    // The lines of buckets are cumulative.
    series.counts[0] = WIDEST;
    series.sum = WIDEST;
  } else {
    series.value = WIDEST;
    series.minorUnits = BigInt(WIDEST);
  }
}

/** Returns label sets that a metric may have, up to the requested number; the longest values first. */
function* worstSets(descriptor: MetricDescriptor, most: number): Generator<Labels> {
  const open = openLabels(descriptor);
  const closed = descriptor.labels
    .filter((label) => !open.includes(label))
    .map((label) => ({
      label,
      values: closedValues(descriptor, label).toSorted((a, b) => b.length - a.length),
    }));
  const product = closed.reduce((sets, { values }) => sets * Math.max(values.length, 1), 1);
  // Some of these are known values, so twice as many are created.
  const sets = open.length > 0 ? most * 2 : Math.min(product, most * 2);
  for (let place = 0; place < sets; place += 1) {
    const labels: Record<string, string> = {};
    let rest = place;
    for (const { label, values } of closed) {
      const value = values[rest % values.length];
      if (value !== undefined) labels[label] = value;
      rest = Math.floor(rest / Math.max(values.length, 1));
    }
    for (const label of open) {
      labels[label] = String(rest).padStart(ruleOf(descriptor, label)?.maxLength ?? MAX_LABEL_LENGTH, "x");
    }
    yield labels;
  }
}
