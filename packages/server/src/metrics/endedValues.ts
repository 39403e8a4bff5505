import type { MetricDescriptor } from "./descriptor.ts";
import { isHistogram, type Series } from "./seriesStore.ts";

/**
 * The counter of what series had counted that have ended, by the line of the exposition that had it. A series just
 * ends: were its value added to another one, `rate()` would take for an event now what happened long ago. With this
 * counter, which no `rate()` reads, sums over a metric stay what was counted.
 */
export const ENDED_VALUE = "rum_series_ended_value_total";

/** The lines of a metric whose values add up. */
export function summedLines({ name, type }: MetricDescriptor): string[] {
  if (type === "gauge") return [];
  return type === "histogram" ? [`${name}_count`, `${name}_sum`] : [name];
}

/** What a series has counted, by line; nothing of a gauge, which is a state. */
export function summedValues(series: Series): (readonly [line: string, value: number])[] {
  const { name } = series.descriptor;
  if (isHistogram(series)) {
    return [
      [`${name}_count`, series.count],
      [`${name}_sum`, series.sum],
    ];
  }
  return series.kind === "gauge" ? [] : [[name, series.value]];
}
