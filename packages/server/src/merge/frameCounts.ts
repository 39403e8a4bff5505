import type { Recorder } from "../metrics/recorder.ts";
import { addTo, type Increment, type Series } from "../metrics/seriesStore.ts";
import type { CountedSeries, CountedValue } from "../workers/wire.ts";
import type { MergeFrame, SeriesName } from "./frame.ts";
import { hasTotals } from "./mergedFamilies.ts";
import { differenceOf, isZero, valuesOf, valuesToZero } from "./seriesTotals.ts";
import type { SourceTotals } from "./sourceTotals.ts";

/** What frames count, before the journal has it. */
export interface FrameCounts {
  /** Counts of this moment. */
  readonly now: Increment[];
  /** Counts of a time that no window shows. */
  readonly past: Increment[];
  /** Changes of what is known of each source. */
  readonly known: Increment[];
  /** Values that the catalog does not describe. */
  refused: number;
}

export const createFrameCounts = (): FrameCounts => ({ now: [], past: [], known: [], refused: 0 });

/** All that a journal keeps in one entry. */
export function incrementsOf({ now, past, known }: FrameCounts): readonly Increment[] {
  return [...now, ...past, ...known];
}

/** Counts what the journal has. */
export function applyCounts({ now, past, known }: FrameCounts, { countAll }: Pick<Recorder, "countAll">): void {
  for (const { series, value, times } of known) addTo(series, value, times);
  for (const { series, value, times } of past) {
    // As if it had been restored: neither windows nor scrapers must take it for an increase.
    series.isRestored = true;
    addTo(series, value, times);
  }
  countAll(now);
}

export interface FrameReader {
  /** Adds counts since the last frame. */
  readonly addCounts: (counts: FrameCounts, frame: MergeFrame, isPast: boolean) => void;
  /** Adds what the totals have more than is known of them. Returns the series that they belong to. */
  readonly addTotals: (counts: FrameCounts, frame: MergeFrame, isPast: boolean) => readonly Series[];
  /** Sets series of a source to 0, apart from these. */
  readonly forgetOthers: (counts: FrameCounts, source: string, kept: ReadonlySet<Series>) => void;
}

export function createFrameReader(
  { resolve, families }: Pick<Recorder, "resolve" | "families">,
  totals: SourceTotals,
): FrameReader {
  const descriptors = new Map(families.map(({ descriptor }) => [descriptor.name, descriptor]));
  /** Adds values to a series, and to what is known of the source. Returns false if the catalog does not describe it. */
  const add = (
    counts: FrameCounts,
    { metric, labels }: SeriesName,
    values: readonly CountedValue[],
    { isPast, known }: { readonly isPast: boolean; readonly known: Series | undefined },
  ): void => {
    let own: Increment[];
    try {
      own = values.map(([value, times]) => resolve({ metric, labels, value, times }));
    } catch {
      // The aggregator has another catalog: a deployment replaces the processes one by one.
      counts.refused += values.reduce((sum, [, times]) => sum + times, 0);
      return;
    }
    for (const increment of own) (isPast ? counts.past : counts.now).push(increment);
    if (known) addKnown(counts, known, values);
  };
  const knownOf = (source: string, { metric, labels }: SeriesName): Series | undefined => {
    const descriptor = descriptors.get(metric);
    return descriptor && hasTotals(descriptor) ? totals.of(source, descriptor, labels) : undefined;
  };
  const addAll = (
    counts: FrameCounts,
    series: readonly CountedSeries[] = [],
    known: (series: CountedSeries) => Series | undefined,
    isPast: boolean,
  ): void => {
    for (const each of series) add(counts, each, each.counted, { isPast, known: known(each) });
  };
  return {
    addCounts: (counts, { source, last, ended = [], series }, isPast) => {
      addAll(counts, last, () => undefined, isPast);
      for (const name of ended) {
        const known = knownOf(source, name);
        if (known && !isZero(known)) addKnown(counts, known, valuesToZero(known));
      }
      addAll(counts, series, (each) => knownOf(source, each), isPast);
    },
    addTotals: (counts, { source, totals: sent = [] }, isPast) =>
      sent.flatMap((total) => {
        const known = knownOf(source, total);
        if (!known) {
          counts.refused += 1;
          return [];
        }
        const difference = differenceOf(known, total);
        const values = difference ?? valuesOf(known, total);
        if (!values) {
          // Its buckets are those of another catalog.
          counts.refused += 1;
          return [];
        }
        // It ended, and began again.
        if (!difference) addKnown(counts, known, valuesToZero(known));
        add(counts, total, values, { isPast, known });
        return [known];
      }),
    forgetOthers: (counts, source, kept) => {
      for (const known of totals.all(source))
        if (!kept.has(known) && !isZero(known)) addKnown(counts, known, valuesToZero(known));
    },
  };
}

function addKnown({ known }: FrameCounts, series: Series, values: readonly CountedValue[]): void {
  for (const [value, times] of values) known.push({ series, value, times });
}
