import type { LabelSpec } from "@rumkit/protocol";
import { type LabelRule, type Labels, labelSets, type MetricDescriptor } from "./descriptor.ts";

/** A counter of the collector's own work, with the label `reason` if there are reasons. */
export function collectorCounter(
  name: string,
  help: string,
  reasons?: Readonly<Record<string, true>>,
): MetricDescriptor {
  return collectorCounterBy(name, help, reasons ? { reason: Object.keys(reasons) } : {});
}

/** A counter of the collector's own work with these labels. Every label set is exposed as 0 from the start. */
export function collectorCounterBy(name: string, help: string, labels: LabelSpec): MetricDescriptor {
  const known = labelSets(labels);
  return {
    name,
    type: "counter",
    help,
    unit: "none",
    side: "collector",
    labels: Object.keys(labels),
    known,
    maxSeries: known.length,
  };
}

/** A counter of page events. All its label sets are known, and exposed as 0 before the first event. */
export function pageCounter(name: string, help: string, labels: LabelSpec): MetricDescriptor {
  return withKnown(pageFamily("counter", name, help, Object.keys(labels)), labelSets(labels));
}

/** A counter whose label values are closed sets, but too many to be exposed as 0 from the start. */
export function lazyPageCounter(
  name: string,
  help: string,
  labels: LabelSpec,
  maxSeries: number,
): MetricDescriptor {
  return { ...pageFamily("counter", name, help, Object.keys(labels)), maxSeries, values: labels };
}

/** A counter by a name that pages choose: not a closed set, so the number of names is limited. */
export function namedPageCounter(
  name: string,
  help: string,
  label: string,
  maxNames: number,
): MetricDescriptor {
  const rules = { [label]: ELEMENT_NAME_RULE };
  return { ...pageFamily("counter", name, help, [label]), maxSeries: maxNames, rules };
}

/** Longer names of elements and forms are refused: see `toElementName`. */
export const ELEMENT_NAME_RULE: LabelRule = { maxLength: 64 };

/** A histogram of page events. With labels, it begins with its first observation: see `withValues`. */
export function pageHistogram(
  name: string,
  help: string,
  scale: Required<Pick<MetricDescriptor, "unit" | "buckets">>,
  labels: LabelSpec = {},
): MetricDescriptor {
  const family = pageFamily("histogram", name, help, Object.keys(labels));
  return withValues({ ...family, ...scale }, labels);
}

/**
 * The family with at most every combination of these values. A histogram has a dozen lines for each label set, and a
 * rate that misses the first observation hardly changes its shares and quantiles. So only a histogram without labels is
 * exposed before its first observation.
 */
export function withValues(family: MetricDescriptor, values: LabelSpec): MetricDescriptor {
  const sets = labelSets(values);
  const hasLabels = Object.keys(values).length > 0;
  return { ...family, known: hasLabels ? [] : sets, maxSeries: sets.length, ...(hasLabels && { values }) };
}

/** The family with exactly these label sets. */
export function withKnown(family: MetricDescriptor, known: readonly Labels[]): MetricDescriptor {
  return { ...family, known, maxSeries: known.length };
}

function pageFamily(
  type: MetricDescriptor["type"],
  name: string,
  help: string,
  labels: readonly string[],
): MetricDescriptor {
  return { name, type, help, unit: "none", side: "page", labels, known: [], maxSeries: 0 };
}
