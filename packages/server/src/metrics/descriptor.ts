import type { LabelSpec } from "@rumkit/protocol";
import type { LabelRule } from "./labelRule.ts";

/** Label names and values of one series. A declared label that does not apply is left out. */
export type Labels = Readonly<Record<string, string>>;

/**
 * What a metric is, before it has any value: everything that the registry, the live page, the dashboards,
 * the rules and the docs know about it. Made from the catalogue once and never changed.
 */
export interface MetricDescriptor {
  /** The Prometheus family name, with its unit and `_total` where they belong. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** One sentence with a full stop. */
  readonly help: string;
  /**
   * True for a gauge that is always 1 and says something by its labels: OpenMetrics calls it an info metric, whose family
   * has no `_info` in its name.
   */
  readonly isInfo?: true;
  /**
   * The unit of every value. `"currency"`: recorded as an integer of minor units of the label `currency`,
   * exposed in major units. `"none"`: a count.
   */
  readonly unit: "seconds" | "bytes" | "ratio" | "currency" | "none";
  /** Who knows it: pages, the backend, or the collector about itself. */
  readonly side: "page" | "backend" | "collector";
  /** Label names in the order of the exposition. */
  readonly labels: readonly string[];
  /** Upper bucket edges in `unit`, strictly increasing. Histograms only. */
  readonly buckets?: readonly number[];
  /** Label sets that are known before the first request: exposed as 0 from the start. */
  readonly known: readonly Labels[];
  /** Label sets at most. Past it labels of what is new fold to `__other__`, so that sums stay exact. */
  readonly maxSeries: number;
  /**
   * The closed sets of label values, where `known` does not have them all. A label that is not named here is
   * open: anything may come, so it is made fit to be shown, folds first, and its idle series end.
   */
  readonly values?: LabelSpec;
  /** A label whose closed set grows while the collector runs, up to `maxSeries`: routes that are learned. */
  readonly learned?: string;
  /**
   * Different values of an open label at most, `__other__` aside: what is new past it counts as `__other__`. For families
   * of several labels, where a bound of series is no bound of names.
   */
  readonly maxValues?: Readonly<Record<string, number>>;
  /** How the values of open labels are made fit, where the defaults of `LabelRule` are not meant. */
  readonly rules?: Readonly<Record<string, LabelRule>>;
  /**
   * Milliseconds without a sample after which a series of an open label set ends. `Infinity` where a value is
   * set once and stays true. Default as of `SeriesBudget`.
   */
  readonly idleMs?: number;
  /** True for a metric of the collector that has what other metrics had counted, and is kept as they are. */
  readonly isKeptWithOthers?: true;
  /**
   * How the values of several processes become one, where a registry of `prom-client` adds up those of a cluster.
   * Default their sum.
   */
  readonly acrossProcesses?: "first" | "min" | "max";
}

/**
 * True where a journal keeps what the metric has counted. Not of gauges, which are states of the moment. Not of what
 * the collector counts of its own work: refusals and duplicates have nothing that is written, so a family of it would
 * come back from a restart in part, which Prometheus takes for a reset and counts as new.
 */
export function isKept({
  type,
  side,
  isKeptWithOthers,
}: Pick<MetricDescriptor, "type" | "side" | "isKeptWithOthers">): boolean {
  return type !== "gauge" && (side !== "collector" || isKeptWithOthers === true);
}

/** The value of every label of the series that takes what exceeds `maxSeries`. */
export const OTHER = "__other__";

/** The value of a label; undefined where it has none. A label may be called `constructor`, which every object has. */
export function labelOf(labels: Labels, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

/** The rule of a label; undefined where the defaults are meant. */
export function ruleOf(
  { rules = {} }: Pick<MetricDescriptor, "rules">,
  label: string,
): LabelRule | undefined {
  return Object.hasOwn(rules, label) ? rules[label] : undefined;
}

/** The labels of a metric whose values are no closed set; none where every label set is known. */
export function openLabels({ labels, known, maxSeries, values = {} }: MetricDescriptor): readonly string[] {
  if (known.length >= maxSeries) return [];
  return labels.filter((label) => !Object.hasOwn(values, label) && label !== CURRENCY);
}

/** The values of a label that are declared, each once; none of one that is open. */
export function closedValues({ known, values = {} }: MetricDescriptor, label: string): readonly string[] {
  if (Object.hasOwn(values, label)) return values[label] ?? [];
  return [...new Set(known.flatMap((labels) => labelOf(labels, label) ?? []))];
}

/** True where some label of the metric may have any value. */
export function isOpen(descriptor: MetricDescriptor): boolean {
  return openLabels(descriptor).length > 0;
}

/**
 * The label of money: amounts of different currencies cannot be added, so it never folds. A closed set, by
 * ISO 4217 and the catalogue.
 */
export const CURRENCY = "currency";

/** Lines of the exposition that one label set costs: a histogram has its buckets, `+Inf`, sum and count. */
export function linesPerSeries(descriptor: MetricDescriptor): number {
  return descriptor.buckets ? descriptor.buckets.length + 3 : 1;
}
