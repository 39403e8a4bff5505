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
import { type ExpositionFormat, headOf, renderHead } from "./format.ts";
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

/** The shape of an exposition that is built to be measured. */
interface Shape {
  readonly format: ExpositionFormat;
  /** The number of series of a metric. */
  readonly seriesOf: (descriptor: MetricDescriptor) => number;
  /** Fills the value of an open label; its length is that of the label's rule at most. */
  readonly filler: string;
  readonly openLength: number;
  /** The value of every counter and bucket. */
  readonly value: number;
  /** True if every series is new and has exemplars: OpenMetrics then has further lines and texts. */
  readonly isNew: boolean;
}

/**
 * Creates every series that these metrics can have, and renders them as a scrape does. Values of open labels have the
 * maximum length, in ASCII, and every number has the maximum number of digits.
 */
export function buildWorstCase(
  descriptors: readonly MetricDescriptor[],
  budget: SeriesBudget = {},
): WorstCase {
  const { perMetric } = { ...DEFAULT_BUDGET, ...budget };
  return build(descriptors, { ...WORST, seriesOf: (descriptor) => mostSeries(descriptor, perMetric) });
}

/**
 * Returns the largest scrape that these metrics can cause: in OpenMetrics, right after a start, when each series also
 * has its time of creation and its exemplars, and open labels in letters of three bytes.
 */
export function buildLargestScrape(descriptors: readonly MetricDescriptor[]): readonly MetricSize[] {
  const { perMetric } = DEFAULT_BUDGET;
  const seriesOf = (descriptor: MetricDescriptor): number => mostSeries(descriptor, perMetric);
  return build(descriptors, { ...WORST, seriesOf, format: "openmetrics", filler: "\u{20ac}", isNew: true })
    .metrics;
}

/** Returns the sizes with this many series of each metric, short open labels and small numbers. */
export function buildUsualCase(
  descriptors: readonly MetricDescriptor[],
  seriesOf: (descriptor: MetricDescriptor) => number,
): readonly MetricSize[] {
  return build(descriptors, { ...WORST, seriesOf, openLength: USUAL_LENGTH, value: USUAL_VALUE }).metrics;
}

/** Characters of a name such as `add-to-cart` or `order_items`. */
const USUAL_LENGTH = 12;

/** A counter of a site that has run for some days. */
const USUAL_VALUE = 12_345;

const WORST = {
  format: "text",
  filler: "x",
  openLength: Number.POSITIVE_INFINITY,
  value: WIDEST,
  isNew: false,
} as const;

function mostSeries(descriptor: MetricDescriptor, perMetric: number): number {
  return openLabels(descriptor).length > 0 ? Math.min(descriptor.maxSeries, perMetric) : descriptor.maxSeries;
}

function build(descriptors: readonly MetricDescriptor[], shape: Shape): WorstCase {
  const unlimited = Number.POSITIVE_INFINITY;
  const { families, exposed } = createRecorder(descriptors, () => WIDEST_TIME, {
    perMetric: unlimited,
    perSide: unlimited,
    perProcess: unlimited,
  });
  const counted = families.map(({ descriptor, series, seriesOf }) => {
    const limit = shape.seriesOf(descriptor);
    for (const labels of labelSetsOf(descriptor, limit, shape)) {
      if (series.size >= limit) break;
      seriesOf(labels);
    }
    return measure(descriptor, [...series], shape);
  });
  const aliases = exposed.filter(({ descriptor }) => descriptor.aliasOf);
  const shownAgain = aliases.map(({ descriptor, series }) => measure(descriptor, [...series], shape));
  return { metrics: [...counted, ...shownAgain], families };
}

function measure(
  descriptor: MetricDescriptor,
  all: readonly Series[],
  { format, value, isNew }: Shape,
): MetricSize {
  const render = createSeriesRenderer(descriptor, {
    format,
    zeroSince: Number.POSITIVE_INFINITY,
    startedAt: Number.NEGATIVE_INFINITY,
    createdSince: isNew ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
    exemplars: isNew ? ALL_EXEMPLARS : NO_EXEMPLARS,
  });
  let bytes = renderHead(headOf(descriptor, format), format).length;
  let lines = 0;
  for (const series of all) {
    fill(series, value);
    const text = render(series);
    // Every character is one byte of the exposition.
    bytes += text.length;
    lines += text.split("\n").length - 1;
  }
  return { metric: descriptor.name, series: all.length, lines, bytes };
}

/** Milliseconds since 1970 with as many digits as a time has. */
const WIDEST_TIME = 1_999_999_999_999.5;

const NO_EXEMPLARS: Exemplars = { keep: () => {}, of: () => undefined };

/** An exemplar on each line that can have one. */
const ALL_EXEMPLARS: Exemplars = {
  keep: () => {},
  of: ({ descriptor }) => {
    if (descriptor.unit === "currency") return undefined;
    const exemplar = { traceId: "f".repeat(32), spanId: "f".repeat(16), value: WIDEST, at: WIDEST_TIME };
    return Array.from({ length: (descriptor.buckets?.length ?? 0) + 1 }, () => exemplar);
  },
};

function fill(series: Series, value: number): void {
  if (isHistogram(series)) {
    // The lines of buckets are cumulative.
    series.counts[0] = value;
    series.sum = value;
  } else {
    series.value = value;
    series.minorUnits = BigInt(value);
  }
}

/** Returns label sets that a metric may have, up to the requested number; the longest values first. */
function* labelSetsOf(
  descriptor: MetricDescriptor,
  most: number,
  { filler, openLength }: Pick<Shape, "filler" | "openLength">,
): Generator<Labels> {
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
      const longest = ruleOf(descriptor, label)?.maxLength ?? MAX_LABEL_LENGTH;
      labels[label] = String(rest).padStart(Math.min(longest, openLength), filler);
    }
    yield labels;
  }
}
