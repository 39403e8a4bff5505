import { anyText } from "../base/looseValue.ts";
import type { LabelSpec } from "@rumkit/protocol";

/** Label names and values of one series, without declared labels that do not apply. */
export type Labels = Readonly<Record<string, string>>;

/**
 * The definition of a metric: everything that the registry, the live page, the dashboards, the rules and the docs know
 * about it. Built from the catalog once and never changed.
 */
export interface MetricDescriptor {
  /** The Prometheus family name, including its unit and `_total`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** One sentence with a full stop. */
  readonly help: string;
  /** The family whose series it shows a second time, and the labels that select them. It holds no values. */
  readonly aliasOf?: { readonly metric: string; readonly labels: Labels };
  /** Number of aliases that show each of its series again. Default 0. */
  readonly aliases?: number;
  /** True if the catalog chose the name: a gauge may end in `_total` then, for boards that exist. */
  readonly isNamed?: true;
  /**
   * True for a gauge that is always 1 and carries information in its labels: OpenMetrics calls it an info metric, whose
   * family name lacks `_info`.
   */
  readonly isInfo?: true;
  /**
   * The unit of every value. `"currency"`: recorded as an integer of minor units of the label `currency`,
   * exposed in major units. `"none"`: a count.
   */
  readonly unit: "seconds" | "bytes" | "ratio" | "currency" | "none";
  /** The source of its values: pages, the backend, or the collector about itself. */
  readonly side: "page" | "backend" | "collector";
  /** Label names in the order of the exposition. */
  readonly labels: readonly string[];
  /** Upper bucket edges in `unit`, strictly increasing. Histograms only. */
  readonly buckets?: readonly number[];
  /** Label sets that are known from the start: exposed as 0 before the first request. */
  readonly known: readonly Labels[];
  /** Maximum label sets. Labels of further sets fold to `__other__`, so that sums stay exact. */
  readonly maxSeries: number;
  /**
   * The closed sets of label values, if `known` does not contain all of them. Any other label is open: it accepts any
   * value, so its values are sanitized, it folds first, and its idle series end.
   */
  readonly values?: LabelSpec;
  /** A label whose closed set grows while the collector runs, up to `maxSeries`: learned routes. */
  readonly learned?: string;
  /**
   * Maximum different values of an open label, apart from `__other__`; further values count as `__other__`. For
   * families with several labels, in which a limit of series does not limit names.
   */
  readonly maxValues?: Readonly<Record<string, number>>;
  /** Rules for the values of open labels. Default: the defaults of `LabelRule`. */
  readonly rules?: Readonly<Record<string, LabelRule>>;
  /**
   * Milliseconds without a sample after which a series of an open label set ends. `Infinity` for a value that is set
   * once and stays true. Default: the one of `SeriesBudget`.
   */
  readonly idleMs?: number;
  /** True for a metric of the collector that holds values of other metrics, so a journal keeps it as well. */
  readonly isKeptWithOthers?: true;
  /** The aggregation of the values of several processes in a cluster registry of `prom-client`. Default: their sum. */
  readonly acrossProcesses?: "first" | "min" | "max";
  /** True if the label sets of a gauge add up, although `acrossProcesses` is not their sum. Default false. */
  readonly addsUp?: true;
}

/**
 * True if a journal keeps the values of the metric. It does not keep gauges, which are states of the moment, nor the
 * collector's counters of its work: refusals and duplicates are never written, so after a restart such a family would
 * be lower than before but not 0. Prometheus would treat that as a reset and count all of it again.
 */
export function isKept({
  type,
  side,
  isKeptWithOthers,
}: Pick<MetricDescriptor, "type" | "side" | "isKeptWithOthers">): boolean {
  return type !== "gauge" && (side !== "collector" || isKeptWithOthers === true);
}

/** The label value of the series that takes the samples beyond `maxSeries`. */
export const OTHER = "__other__";

/** The value of a label, or undefined. Own properties only: a label may be called `constructor`. */
export function labelOf(labels: Labels, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

/** The rule of a label; undefined for the defaults. */
export function ruleOf(
  { rules = {} }: Pick<MetricDescriptor, "rules">,
  label: string,
): LabelRule | undefined {
  return Object.hasOwn(rules, label) ? rules[label] : undefined;
}

/** The labels of a metric whose values are not a closed set; none if every label set is known. */
export function openLabels({ labels, known, maxSeries, values = {} }: MetricDescriptor): readonly string[] {
  if (known.length >= maxSeries) return [];
  return labels.filter((label) => !Object.hasOwn(values, label) && label !== CURRENCY);
}

/** The declared values of a label, each once; none for an open label. */
export function closedValues({ known, values = {} }: MetricDescriptor, label: string): readonly string[] {
  if (Object.hasOwn(values, label)) return values[label] ?? [];
  return [...new Set(known.flatMap((labels) => labelOf(labels, label) ?? []))];
}

/** True if some label of the metric accepts any value. */
export function isOpen(descriptor: MetricDescriptor): boolean {
  return openLabels(descriptor).length > 0;
}

/**
 * The label of money. Amounts of different currencies cannot be added, so it never folds. A closed set, by ISO 4217 and
 * the catalog.
 */
export const CURRENCY = "currency";

/** Exposed lines of one label set: a histogram has its buckets, `+Inf`, sum and count. */
export function linesPerSeries(descriptor: MetricDescriptor): number {
  return descriptor.buckets ? descriptor.buckets.length + 3 : 1;
}

/** Turns a text into the value of an open label. */
export interface LabelRule {
  /** Maximum UTF-16 code units; cut between characters, never within one. Default 128. */
  readonly maxLength?: number;
  /** True if values that differ only in case are the same. Default false. */
  readonly lowerCase?: boolean;
}

/** Longer than any sensible name: a longer value is a text, not a name. */
export const MAX_LABEL_LENGTH = 128;

/**
 * Characters that a dashboard, a terminal or a log would interpret or hide instead of showing: control characters,
 * line breaks, lone surrogates, and the characters that Unicode defines as invisible, such as bidi controls and
 * zero-width characters.
 */
const UNSHOWABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu;

/** Applies a rule to a text: the result is bounded, and every character is visible. Never throws, whatever it gets. */
export function toLabelValue(text: string, rule: LabelRule = {}): string {
  const { maxLength = MAX_LABEL_LENGTH, lowerCase = false } = rule;
  // Cut before and after: the text may have any length, and lower case may be longer.
  const kept = cut(anyText(text), maxLength);
  const folded = lowerCase ? cut(kept.toLowerCase(), maxLength) : kept;
  return folded.replaceAll(UNSHOWABLE, "\u{FFFD}");
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const isWithinPair = isHigh(text.charCodeAt(length - 1)) && isLow(text.charCodeAt(length));
  return text.slice(0, isWithinPair ? length - 1 : length);
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}

/** Every label set that a specification allows: the product of its closed value sets. */
export function labelSets(spec: LabelSpec, fixed: Labels = {}): Labels[] {
  return Object.entries(spec).reduce<Labels[]>(
    (sets, [label, values]) => sets.flatMap((set) => values.map((value) => ({ ...set, [label]: value }))),
    [fixed],
  );
}

/** The label names of several entries, each once, in order of appearance. */
export function labelNames(entries: readonly { readonly labels?: LabelSpec }[]): string[] {
  return [...new Set(entries.flatMap((entry) => Object.keys(entry.labels ?? {})))];
}
