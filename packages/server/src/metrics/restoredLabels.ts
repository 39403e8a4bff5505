import {
  closedValues,
  CURRENCY,
  type Labels,
  type MetricDescriptor,
  openLabels,
  OTHER,
} from "./descriptor.ts";

/**
 * The label set under which a saved series is shown by the catalog of this start; undefined where the catalog does
 * not know it: an action, a value, a currency that is gone. It is left out then, and found again by a catalog that
 * has it. `series` is how many the metric has by now.
 *
 * A label that an entry gained since is `__other__`, so the entry keeps its history.
 */
export function restoredLabels(
  descriptor: MetricDescriptor,
  labels: Labels,
  series: number,
): Labels | undefined {
  if (!Object.keys(labels).every((name) => descriptor.labels.includes(name))) return undefined;
  if (descriptor.known.length >= descriptor.maxSeries) return completed(descriptor, labels);
  const open = openLabels(descriptor);
  const isKnown = ([name, value]: [string, string]): boolean =>
    value === OTHER ||
    name === CURRENCY ||
    open.includes(name) ||
    closedValues(descriptor, name).includes(value) ||
    // A route that was learned before this start: as many as there is room for.
    (descriptor.learned === name && series < descriptor.maxSeries);
  return Object.entries(labels).every(isKnown) ? inOrder(descriptor, labels) : undefined;
}

/** The label set as a declared one has it that agrees in every label: a value that had folded agrees with any. */
function completed(descriptor: MetricDescriptor, labels: Labels): Labels | undefined {
  const declared = descriptor.known.find((known) =>
    Object.entries(labels).every(
      ([name, value]) => Object.hasOwn(known, name) && (value === OTHER || value === known[name]),
    ),
  );
  if (!declared) return undefined;
  const gained = Object.keys(declared).map((name) => [name, OTHER]);
  return inOrder(descriptor, { ...Object.fromEntries(gained), ...labels });
}

/** The labels in the order of the exposition, copied. */
function inOrder({ labels: names }: MetricDescriptor, labels: Labels): Labels {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = Object.hasOwn(labels, name) ? labels[name] : undefined;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
