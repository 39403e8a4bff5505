import {
  closedValues,
  CURRENCY,
  type Labels,
  type MetricDescriptor,
  openLabels,
  OTHER,
} from "./descriptor.ts";

/**
 * Returns the label set that a saved series has under the current catalog. Returns undefined if an action, a value or a
 * currency of it was removed from the catalog: the series is left out until a catalog has it again. `series` is the
 * number of series that the metric has now.
 *
 * A label that was added to an entry since then becomes `__other__`, so the entry keeps its history.
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
    // A route that was learned before this start, while there is room.
    (descriptor.learned === name && series < descriptor.maxSeries);
  return Object.entries(labels).every(isKnown) ? inOrder(descriptor, labels) : undefined;
}

/** The label set, completed by the labels of a matching declared one. A folded value matches any value. */
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
