import type { Labels } from "../metrics/descriptor.ts";
import type { Series } from "../metrics/seriesStore.ts";

/** How increments of a series add up. A gauge is a state of the moment: nothing of it is kept. */
export type Shape = "counter" | "money" | "histogram";

/** What tells a series from every other: a series whose bucket edges changed is another one. */
export interface SeriesDefinition {
  readonly metric: string;
  readonly shape: Shape;
  readonly labels: Labels;
  /** Upper bucket edges of a histogram. */
  readonly buckets?: readonly number[];
}

/** The definition as text, the same for the same series whatever the order of its labels. */
export function defineSeries({ descriptor, labels }: Series): string {
  const { name: metric, type, unit, buckets } = descriptor;
  const definition: SeriesDefinition = {
    metric,
    shape: type === "histogram" ? "histogram" : unit === "currency" ? "money" : "counter",
    labels: Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ...(buckets && { buckets }),
  };
  return JSON.stringify(definition);
}
