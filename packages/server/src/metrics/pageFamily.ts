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

/** A histogram that pages fill. */
export function pageHistogram(
  name: string,
  help: string,
  scale: Required<Pick<MetricDescriptor, "unit" | "buckets">>,
  labels: LabelSpec = {},
): MetricDescriptor {
  const family = pageFamily("histogram", name, help, Object.keys(labels));
  return withKnown({ ...family, ...scale }, labelSets(labels));
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
