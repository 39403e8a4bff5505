import type { Labels } from "../metrics/descriptor.ts";
import { byName, type Line, type PushedSeries } from "./pushedSeries.ts";

/** Labels of a line as pairs, sorted by name, each name once. */
export type LabelPairs = readonly (readonly [name: string, value: string])[];

/**
 * Returns the labels of a series with those of the sender. A label that both have is renamed to `exported_…`, as a scrape
 * does it with the labels of its target, so that boards and rules read a pushed series as a scraped one. Empty values are
 * left out: to Prometheus they are missing labels.
 */
export function joinLabels(labels: Labels, external: Labels): LabelPairs {
  const joined = new Map<string, string>(Object.entries(external));
  for (const [name, value] of Object.entries(labels)) {
    let free = name;
    while (Object.hasOwn(external, free) || (free !== name && Object.hasOwn(labels, free)))
      free = `exported_${free}`;
    joined.set(free, value);
  }
  return [...joined].filter(([, value]) => value !== "");
}

/** Returns all labels of a line, with its name, sorted as remote write demands. */
export function labelsOfLine({ labels }: PushedSeries, line: Line, external: Labels): LabelPairs {
  const own = line.extra === undefined ? labels : { ...labels, [line.extra[0]]: line.extra[1] };
  const pairs: LabelPairs = [["__name__", line.name], ...joinLabels(own, external)];
  return pairs.toSorted(byName);
}
