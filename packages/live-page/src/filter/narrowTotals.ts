import type { LiveTotal } from "@rumkit/protocol";
import { type Filter, passes } from "./filter.ts";

type Totals = ReadonlyMap<string, LiveTotal>;

export interface NarrowedTotals {
  /** The series of the metrics that pass. */
  readonly totals: Totals;
  /** Labels of the filter that no series of the metrics has: they cannot be narrowed by it. */
  readonly unfiltered: readonly string[];
}

/** Narrows the series of some metrics to a filter, as far as they have its labels. */
export function narrowTotals(
  totals: Totals,
  filter: Filter,
  isWanted: (metric: string) => boolean = () => true,
): NarrowedTotals {
  if (filter.size === 0) return { totals, unfiltered: [] };
  const wanted = [...totals].filter(([, { metric }]) => isWanted(metric));
  const isKnown = (label: string): boolean => wanted.some(([, { labels }]) => Object.hasOwn(labels, label));
  const known = new Map([...filter].filter(([label]) => isKnown(label)));
  return {
    totals: new Map(wanted.filter(([, { labels }]) => passes(known, (label) => labels[label]))),
    unfiltered: [...filter.keys()].filter((label) => !known.has(label)),
  };
}
