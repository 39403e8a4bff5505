import type { Series } from "../metrics/seriesStore.ts";
import type { MergeFrame } from "./frame.ts";
import type { FrameCounts, FrameReader } from "./frameCounts.ts";
import type { SourceTotals } from "./sourceTotals.ts";

/** Decides which frames of which aggregator count. */
export interface FrameSources {
  /** Adds a frame to counts. Returns false for one that was counted before, or that belongs to an epoch that has ended. */
  readonly add: (counts: FrameCounts, frame: MergeFrame, isOld: boolean) => boolean;
  /** Adds the numbers of the frames that were added since the last call. */
  readonly finish: (counts: FrameCounts) => void;
  /** True if some frame was lost for this reader, of an aggregator that still sends. Totals say what was in it. */
  readonly needTotals: () => boolean;
  /** True if some aggregator was known before this start, or its totals have come. */
  readonly hasAny: () => boolean;
  /** Forgets what the journal did not keep. */
  readonly reset: () => void;
}

/** The reading of one source. */
interface Source {
  epoch: number;
  number: number;
  /** True while counts are missing that totals will bring. */
  lacks: boolean;
  /** The totals that are arriving: those of a start belong to this moment, others to the past. */
  cycle: { readonly isPast: boolean; readonly kept: Set<Series> } | undefined;
  /** When its last frame was read. */
  heardAt: number;
}

/** Milliseconds without a frame after which a source is not asked for totals: one that runs sends a frame each second. */
const SILENT_MS = 10_000;

/** @param now Milliseconds of a clock that never goes back. */
export function createFrameSources(
  reader: FrameReader,
  totals: SourceTotals,
  now: () => number = () => performance.now(),
): FrameSources {
  const sources = new Map<string, Source>();
  const changed = new Set<string>();
  const sourceOf = (name: string): Source => {
    const found = sources.get(name) ?? readSource(totals.head(name), now());
    sources.set(name, found);
    return found;
  };
  return {
    add: (counts, frame, isOld) => {
      const source = sourceOf(frame.source);
      source.heardAt = now();
      if (wasRead(source, frame)) return false;
      counts.outcomes.missed += advance(source, frame);
      changed.add(frame.source);
      reader.addCounts(counts, frame, isOld);
      if (frame.totals) addTotals(reader, counts, frame, source);
      return true;
    },
    finish: ({ known }) => {
      for (const name of changed) {
        const { epoch, number } = totals.head(name);
        setCounter(known, epoch, sourceOf(name).epoch);
        setCounter(known, number, sourceOf(name).number);
      }
      changed.clear();
    },
    needTotals: () => [...sources.values()].some((source) => needsTotals(source, now())),
    hasAny: () => [...sources.values()].some(({ lacks }) => !lacks),
    reset: () => {
      sources.clear();
      changed.clear();
    },
  };
}

/** The reading of a source as the journal has it. */
function readSource({ epoch, number }: ReturnType<SourceTotals["head"]>, heardAt: number): Source {
  const lacks = valueOf(epoch) === 0;
  return { epoch: valueOf(epoch), number: valueOf(number), lacks, cycle: undefined, heardAt };
}

/** True for a frame that was counted before, or that belongs to an epoch that has ended. */
function wasRead({ epoch, number }: Source, frame: MergeFrame): boolean {
  return frame.epoch < epoch || (frame.epoch === epoch && frame.number <= number);
}

/** Reads on to a frame. Returns the number of those that were lost before it. */
function advance(source: Source, frame: MergeFrame): number {
  const { epoch, number } = source;
  const next = frame.epoch === epoch ? number + 1 : 1;
  if (frame.number !== next) source.lacks = true;
  // Without one of its parts the series of that part would count from 0 again.
  if (frame.number !== next || frame.epoch !== epoch) source.cycle = undefined;
  source.epoch = frame.epoch;
  source.number = frame.number;
  // Of an aggregator that is new here, frames before the first one are not missed: totals bring them.
  return epoch > 0 ? frame.number - next : 0;
}

/** Adds the part of the totals that a frame has, and ends them with their last part. */
function addTotals(reader: FrameReader, counts: FrameCounts, frame: MergeFrame, source: Source): void {
  if (frame.begins !== undefined)
    source.cycle = { isPast: source.lacks || frame.begins === "request", kept: new Set() };
  const { isPast = true, kept = new Set<Series>() } = source.cycle ?? {};
  for (const known of reader.addTotals(counts, frame, isPast)) kept.add(known);
  if (frame.completes !== true || !source.cycle) return;
  reader.forgetOthers(counts, frame.source, kept);
  source.cycle = undefined;
  source.lacks = false;
}

function needsTotals({ lacks, cycle, heardAt }: Source, now: number): boolean {
  return lacks && !cycle && now - heardAt < SILENT_MS;
}

/** Adds the change that takes a counter to a value. */
export function setCounter(known: FrameCounts["known"], series: Series, value: number): void {
  const difference = value - valueOf(series);
  if (difference !== 0) known.push({ series, value: difference, times: 1 });
}

/** The value of a counter. */
export function valueOf(series: Series): number {
  return series.kind === "histogram" ? 0 : series.value;
}
