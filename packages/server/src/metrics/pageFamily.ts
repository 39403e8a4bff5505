import type { LabelSpec } from "@rumkit/protocol";
import type { Labels, MetricDescriptor } from "./descriptor.ts";
import type { LabelRule } from "./labelRule.ts";
import { labelSets } from "./labelSets.ts";

/** A counter that pages fill. All its label sets are known: shown as 0 before the first event. */
export function pageCounter(name: string, help: string, labels: LabelSpec): MetricDescriptor {
  return withKnown(pageFamily("counter", name, help, Object.keys(labels)), labelSets(labels));
}

/** A counter whose label values are closed sets, but too many to be shown as 0 from the start. */
export function lazyPageCounter(
  name: string,
  help: string,
  labels: LabelSpec,
  maxSeries: number,
): MetricDescriptor {
  return { ...pageFamily("counter", name, help, Object.keys(labels)), maxSeries, values: labels };
}

/** A counter by a name that pages bring along: its values are no closed set, so their number has to end. */
export function namedPageCounter(
  name: string,
  help: string,
  label: string,
  maxNames: number,
): MetricDescriptor {
  const rules = { [label]: ELEMENT_NAME_RULE };
  return { ...pageFamily("counter", name, help, [label]), maxSeries: maxNames, rules };
}

/** Names of elements and forms are refused where they are longer: see `toElementName`. */
export const ELEMENT_NAME_RULE: LabelRule = { maxLength: 64 };

/** A histogram that pages fill. With labels it begins with its first observation, as of `withValues`. */
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
 * The family with every set of these values at most. A histogram is a dozen lines for each label set, and its shares
 * and quantiles are none the worse for a first observation that a rate does not see: only one without labels is shown
 * before anything was observed.
 */
export function withValues(family: MetricDescriptor, values: LabelSpec): MetricDescriptor {
  const sets = labelSets(values);
  const hasLabels = Object.keys(values).length > 0;
  return { ...family, known: hasLabels ? [] : sets, maxSeries: sets.length, ...(hasLabels && { values }) };
}

/** The family with these label sets and no other. */
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
