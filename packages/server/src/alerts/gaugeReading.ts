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

/** The way in which the series of a group become one value. */
type Across = "sum" | "min" | "max";

interface Member {
  readonly read: () => number;
  readonly group: string;
}

export function createGaugeReading(selector: Selector, source: AlertSource, across: Across): GaugeReading {
  const members = new Map<SourceSeries, Member>();
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
      const read = readGroups(members.values(), across);
      values = read.values;
      if (ages.size > 0) trackOf().add(at, read.count, read.count);
    },
    now: () => values,
    samples: (at, seconds) => trackOf().over(at - seconds * 1000, at, slotFor(seconds)).sum,
  };
}

/** Reads the values by group, and the number of series that have one. */
function readGroups(
  members: Iterable<Member>,
  across: Across,
): { readonly values: Vector; readonly count: number } {
  const values = new Map<string, number>();
  let count = 0;
  for (const { read, group } of members) {
    const value = read();
    if (Number.isNaN(value)) continue;
    count += 1;
    const found = values.get(group);
    if (found !== undefined) values.set(group, joined(across, found, value));
    else if (values.size < MAX_GROUPS) values.set(group, value);
  }
  return { values, count };
}

function joined(across: Across, a: number, b: number): number {
  if (across === "sum") return a + b;
  return across === "min" ? Math.min(a, b) : Math.max(a, b);
}
