import type { Labels } from "../metrics/descriptor.ts";
import type { Series } from "../metrics/seriesStore.ts";

/** The kind of a series that is kept. Gauges are states of the moment and are not kept. */
export type Shape = "counter" | "money" | "histogram";

/** The identity of a series. A series whose bucket edges changed is a different one. */
export interface SeriesDefinition {
  readonly metric: string;
  readonly shape: Shape;
  readonly labels: Labels;
  /** Upper bucket edges of a histogram. */
  readonly buckets?: readonly number[];
}

/** The definition as text: the same for the same series, whatever the order of its labels. */
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
