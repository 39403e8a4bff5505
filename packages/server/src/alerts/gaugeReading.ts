import { slotFor, slotsFor } from "./ring.ts";
import { groupOf, isSelected, keyOfSelector, type Selector, type Vector } from "./selector.ts";
import type { AlertSource, SourceSeries } from "./source.ts";
import { createSumTrack, type SumTrack } from "./sumTrack.ts";
import { MAX_GROUPS } from "./counterReading.ts";

/** The values of gauges now, by group. Several rules share one. */
export interface GaugeReading {
  readonly key: string;
  readonly metric: string;
  /** The number of samples so far. */
  readonly track: () => SumTrack;
  /** True if some window of `samples` is read. */
  isCounted(): boolean;
  /** Makes room for a window of `samples`. Call it before the first sample. */
  need(seconds: number): void;
  sample(at: number): void;
  now(): Vector;
  /** The number of samples of all series in the window. */
  samples(at: number, seconds: number): number;
}

/** @param across How the series of a group become one value. */
export function createGaugeReading(
  selector: Selector,
  source: AlertSource,
  across: "sum" | "min" | "max",
): GaugeReading {
  const members = new Map<SourceSeries, { readonly read: () => number; readonly group: string }>();
  const ages = new Set<number>();
  let track: SumTrack | undefined;
  let values: Vector = new Map();
  const trackOf = (): SumTrack => (track ??= createSumTrack(slotsFor(ages)));
  source.watch(selector.metric, {
    add: (series) => {
      if (!isSelected(selector, series.labels)) return;
      members.set(series, { read: series.reader(), group: groupOf(selector.by, series.labels) });
    },
    remove: (series) => void members.delete(series),
  });
  return {
    key: `${across} ${keyOfSelector(selector)}`,
    metric: selector.metric,
    track: trackOf,
    isCounted: () => ages.size > 0,
    need: (seconds) => void ages.add(seconds),
    sample: (at) => {
      const now = new Map<string, number>();
      let count = 0;
      for (const { read, group } of members.values()) {
        const value = read();
        if (Number.isNaN(value)) continue;
        count += 1;
        const found = now.get(group);
        if (found !== undefined) now.set(group, joined(across, found, value));
        else if (now.size < MAX_GROUPS) now.set(group, value);
      }
      values = now;
      if (ages.size > 0) trackOf().add(at, count, count);
    },
    now: () => values,
    samples: (at, seconds) => trackOf().over(at - seconds * 1000, at, slotFor(seconds)).sum,
  };
}

function joined(across: "sum" | "min" | "max", a: number, b: number): number {
  if (across === "sum") return a + b;
  return across === "min" ? Math.min(a, b) : Math.max(a, b);
}
