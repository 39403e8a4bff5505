import type { MetricDescriptor } from "./descriptor.ts";
import { isHistogram, type Series } from "./seriesStore.ts";

/**
 * The counter of the values of ended series, by the exposed line that had them. If the value of an ended series were
 * added to another series, `rate()` would count old events as new. This counter, which no query of ours passes to
 * `rate()`, keeps the sum over a metric complete.
 */
export const ENDED_VALUE = "rum_series_ended_value_total";

/** The exposed lines of a metric whose values add up. */
export function summedLines({ name, type }: MetricDescriptor): string[] {
  if (type === "gauge") return [];
  return type === "histogram" ? [`${name}_count`, `${name}_sum`] : [name];
}

/** The counted values of a series, by line; none for a gauge, which is a state. */
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
