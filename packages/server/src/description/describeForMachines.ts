import type { LabelSpec } from "@rumkit/protocol";
import { closedValues, linesPerSeries, type MetricDescriptor, openLabels } from "../metrics/descriptor.ts";
import { RUNTIME_FAMILIES } from "../registry/runtimeFamilies.ts";
import { type ExampleQuery, exampleQueries } from "./exampleQueries.ts";
import { combineLabels } from "./labelCombinations.ts";

/** A description of all metrics for machines. docs/metrics.schema.json is its schema. */
export interface MetricsJson {
  /** The version of this format. A field that is removed or gets another meaning raises it; a new field does not. */
  readonly version: 1;
  readonly app: string;
  /** A sentence about the origin of the file. */
  readonly origin: string;
  readonly totals: { readonly metrics: number; readonly series: number; readonly lines: number };
  /** Label values that stand for something else, with their meaning. */
  readonly placeholders: Readonly<Record<string, string>>;
  readonly metrics: readonly DescribedMetric[];
  /** Families that `prom-client` adds on Linux. They are not in the totals. */
  readonly runtimeMetrics: readonly string[];
}

export interface DescribedMetric {
  readonly name: string;
  readonly type: MetricDescriptor["type"];
  readonly unit: MetricDescriptor["unit"];
  /** The side that counts it. */
  readonly side: MetricDescriptor["side"];
  readonly help: string;
  /** A sentence or more about reading a value, and about trusting it. */
  readonly meaning: string;
  readonly labels: readonly DescribedLabel[];
  /**
   * Label sets that exist from the start or can exist, as products of values. Empty if a label is open and no set is
   * declared.
   */
  readonly combinations: readonly LabelSpec[];
  /** Upper bucket edges in `unit`, without `+Inf`. Histograms only. */
  readonly buckets?: readonly number[];
  /** Label sets at most. */
  readonly maxSeries: number;
  /** Series in Prometheus at most: a label set of a histogram has one for each bucket, and three more. */
  readonly maxLines: number;
  readonly queries: readonly ExampleQuery[];
}

interface DescribedLabel {
  readonly name: string;
  /** Every value, apart from placeholders. Undefined for an open label. */
  readonly values?: readonly string[];
}

const PLACEHOLDERS = {
  other: "A value outside the closed set: another browser, method or status.",
  __other__: "The label's limit was reached, or the event was counted before the catalog had this label.",
  unmatched: "A path or an address that no pattern matches.",
  unknown: "The page did not report the value.",
  none: "The value does not exist: no element, no script, no status.",
} as const;

/** The texts of a description that its descriptors do not have. */
interface Describing {
  readonly app: string;
  /** Label matchers of the example queries, as PromQL without braces: `job="shop"`. */
  readonly matchers: string;
  /** A sentence. */
  readonly origin: string;
}

/** Describes all metrics of an app for machines and agents. */
export function describeForMachines(
  descriptors: readonly MetricDescriptor[],
  { app, matchers, origin }: Describing,
): MetricsJson {
  const metrics = descriptors.map((descriptor): DescribedMetric => {
    const { name, type, unit, side, help, buckets, maxSeries } = descriptor;
    return {
      name,
      type,
      unit,
      side,
      help,
      meaning: meaningOf(descriptor),
      labels: labelsOf(descriptor),
      combinations: combinationsOf(descriptor),
      ...(buckets && { buckets }),
      maxSeries,
      maxLines: maxSeries * linesPerSeries(descriptor),
      queries: exampleQueries(descriptor, matchers),
    };
  });
  const sum = (key: "maxSeries" | "maxLines"): number =>
    metrics.reduce((total, metric) => total + metric[key], 0);
  return {
    version: 1,
    app,
    origin,
    totals: { metrics: metrics.length, series: sum("maxSeries"), lines: sum("maxLines") },
    placeholders: PLACEHOLDERS,
    metrics,
    runtimeMetrics: RUNTIME_FAMILIES,
  };
}

function labelsOf(descriptor: MetricDescriptor): DescribedLabel[] {
  const open = openLabels(descriptor);
  return descriptor.labels.map((name) =>
    open.includes(name) ? { name } : { name, values: closedValues(descriptor, name) },
  );
}

function combinationsOf(descriptor: MetricDescriptor): LabelSpec[] {
  const { known, values, labels } = descriptor;
  if (known.length > 0) return combineLabels(known);
  return values && openLabels(descriptor).length === 0
    ? [Object.fromEntries(labels.map((label) => [label, closedValues(descriptor, label)]))]
    : [];
}

const TRUST = {
  page: "Pages report it, and can lose events or make them up: it is not an account.",
  backend: "Server code counts it where the work is done.",
  collector: "The collector counts it about itself.",
} as const;

const UNITS = {
  seconds: "seconds",
  bytes: "bytes",
  ratio: "a share, of which 1 is 100 %",
  currency: "major units of the label currency, never added over currencies",
  none: "a count",
} as const;

function meaningOf({ type, unit, side, isInfo, acrossProcesses }: MetricDescriptor): string {
  const trust = TRUST[side];
  if (isInfo) return `Always 1: its labels are the information. ${trust}`;
  if (type === "gauge") {
    const several =
      acrossProcesses === undefined
        ? "Add the values of several processes."
        : "Do not add the values of several processes.";
    return `A state of the moment, in ${UNITS[unit]}. ${several} ${trust}`;
  }
  const restart =
    "It only grows and begins again at a restart, unless a journal keeps it: use rate or increase.";
  if (type === "counter") return `A total, in ${UNITS[unit]}. ${restart} ${trust}`;
  const scale = unit === "none" ? "a number" : UNITS[unit];
  return `A distribution, each value in ${scale}: _bucket counts the values up to le, _sum adds them, _count counts them. ${restart} ${trust}`;
}
