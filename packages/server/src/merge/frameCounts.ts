import type { Recorder } from "../metrics/recorder.ts";
import { addTo, type Increment, type Series } from "../metrics/seriesStore.ts";
import type { CountedValue } from "../workers/wire.ts";
import type { FrameOutcome } from "./describeFrameMetrics.ts";
import type { MergeFrame, SeriesName, SeriesTotal } from "./frame.ts";
import { hasTotals } from "./mergedFamilies.ts";
import { differenceOf, isZero, valuesOf, valuesToZero } from "./seriesTotals.ts";
import type { SourceTotals } from "./sourceTotals.ts";

/** The counts of frames, before the journal has them. */
export interface FrameCounts {
  /** Counts of this moment. */
  readonly now: Increment[];
  /** Counts of a time that no window shows. */
  readonly past: Increment[];
  /** Changes of what is known of each source. */
  readonly known: Increment[];
  /** Values that the catalog does not describe. */
  refused: number;
  /** Frames by their fate. */
  readonly outcomes: Record<FrameOutcome, number>;
}

export const createFrameCounts = (): FrameCounts => ({
  now: [],
  past: [],
  known: [],
  refused: 0,
  outcomes: { counted: 0, repeated: 0, unreadable: 0, missed: 0 },
});

/** All that a journal keeps in one entry. */
export function incrementsOf({ now, past, known }: FrameCounts): readonly Increment[] {
  return [...now, ...past, ...known];
}

/** Counts what the journal has. */
export function applyCounts(
  { now, past, known }: FrameCounts,
  { countAll }: Pick<Recorder, "countAll">,
): void {
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
  const add = createAdd(resolve);
  const knownOf: KnownOf = (source, { metric, labels }) => {
    const descriptor = descriptors.get(metric);
    return descriptor && hasTotals(descriptor) ? totals.of(source, descriptor, labels) : undefined;
  };
  return {
    addCounts: (counts, { source, last = [], ended = [], series = [] }, isPast) => {
      for (const each of last) add(counts, each, each.counted, { isPast, known: undefined });
      for (const name of ended) addKnownZero(counts, knownOf(source, name));
      for (const each of series) add(counts, each, each.counted, { isPast, known: knownOf(source, each) });
    },
    addTotals: (counts, { source, totals: sent = [] }, isPast) =>
      sent.flatMap((total) => addTotal(counts, total, { add, isPast, known: knownOf(source, total) })),
    forgetOthers: (counts, source, kept) => {
      for (const known of totals.all(source)) if (!kept.has(known)) addKnownZero(counts, known);
    },
  };
}

/** Returns the total of a series of a source; undefined for a metric that has none, or is not described. */
type KnownOf = (source: string, name: SeriesName) => Series | undefined;

interface Target {
  readonly isPast: boolean;
  readonly known: Series | undefined;
}

type Add = (counts: FrameCounts, name: SeriesName, values: readonly CountedValue[], target: Target) => void;

/** Returns what adds values to a series, and to the total of the source. */
function createAdd(resolve: Recorder["resolve"]): Add {
  return (counts, { metric, labels }, values, { isPast, known }) => {
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
}

/** Adds the difference to a total. Returns the series that it belongs to. */
function addTotal(
  counts: FrameCounts,
  total: SeriesTotal,
  { add, isPast, known }: Target & { readonly add: Add },
): readonly Series[] {
  const difference = known && differenceOf(known, total);
  const values = difference ?? (known && valuesOf(known, total));
  if (!known || !values) {
    // The metric is not described, or its buckets are those of another catalog.
    counts.refused += 1;
    return [];
  }
  // It ended, and began again.
  if (!difference) addKnownZero(counts, known);
  add(counts, total, values, { isPast, known });
  return [known];
}

function addKnown({ known }: FrameCounts, series: Series, values: readonly CountedValue[]): void {
  for (const [value, times] of values) known.push({ series, value, times });
}

function addKnownZero(counts: FrameCounts, series: Series | undefined): void {
  if (series && !isZero(series)) addKnown(counts, series, valuesToZero(series));
}
