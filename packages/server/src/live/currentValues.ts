import { joinOfSets, joinSets } from "../metrics/gaugeJoin.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { isHistogram, type Series } from "../metrics/seriesStore.ts";
import { isOf, type WindowSource } from "./windows.ts";

/** The values of the recorder now. */
export interface CurrentValues {
  /** The total of the counters that a source reads: money in minor units, observations of a histogram. */
  readonly totalOf: (source: WindowSource) => number;
  /** The value of the gauges that a source reads; null while all of them are unknown. */
  readonly gaugeOf: (source: WindowSource) => number | null;
}

export function createCurrentValues({ families }: Pick<Recorder, "families">): CurrentValues {
  const byName = new Map(families.map((family) => [family.descriptor.name, family]));
  const seriesOf = (source: WindowSource): Series[] =>
    [...(byName.get(source.metric)?.series ?? [])].filter(({ labels }) => isOf(labels, source));
  return {
    totalOf: (source) => seriesOf(source).reduce((total, series) => total + countOf(series), 0),
    gaugeOf: (source) => {
      const values = seriesOf(source).map(countOf).filter(Number.isFinite);
      if (values.length === 0) return null;
      return joinSets(joinOfSets(byName.get(source.metric)!.descriptor), values);
    },
  };
}

function countOf(series: Series): number {
  if (isHistogram(series)) return series.count;
  return series.kind === "money" ? Number(series.minorUnits) : series.value;
}
