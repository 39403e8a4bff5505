import type { Bin } from "../sketches/packedSketches.ts";
import {
  addToSketch,
  binValue,
  clearSketch,
  type ClosedSketch,
  closeSketch,
  createSketch,
  halveBins,
  mergeSketch,
  type QuantileSketch,
  quantileOf,
} from "../sketches/quantileSketch.ts";

/** The observations of some seconds. */
interface Observations {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Null without an observation. */
  readonly average: number | null;
  /** Returns the quantile `q` (0–1) within 1 %, or null without an observation. Call it before the next `between`. */
  quantile(q: number): number | null;
  /** Returns the halved bins of the observations. Call it before the next `between`. */
  bins(): Bin[];
}

/** The last observations of a histogram. */
export interface SketchWindow {
  add(second: number, value: number, times: number): void;
  /** Returns the observations of the seconds `from` to `to`, both included, as far as they are kept. */
  between(from: number, to: number): Observations;
  /**
   * Calls `see` for the observations of the seconds `from` to `to`, both included: with the first second of their
   * interval, a value within 1 %, and how often it was observed.
   */
  each(from: number, to: number, see: (second: number, value: number, times: number) => void): void;
}

/** The result of `between`, shared by all calls, because it is read before the next one. */
const merged = createSketch();

const NOTHING = { places: new Uint16Array(), counts: new Float32Array() };

/**
 * Keeps `length` intervals of `seconds` seconds each. The current interval takes 5 kB, earlier ones 6 bytes for each
 * bin that is not empty.
 */
export function createSketchWindow(length: number, seconds = 1): SketchWindow {
  const intervals = createIntervals(length);
  let open: QuantileSketch | undefined;
  /** The first second after the current interval. */
  let endsAt = 0;
  return {
    add: (second, value, times) => {
      // Compared, because a division for each observation would take as long as the rest.
      if (!open || second >= endsAt) {
        const at = Math.floor(second / seconds);
        open = intervals.open(at);
        endsAt = (at + 1) * seconds;
      }
      addToSketch(open, value, times);
    },
    between: (from, to) => {
      clearSketch(merged);
      const last = Math.floor(to / seconds);
      for (let at = Math.floor(from / seconds); at <= last; at += 1) {
        const sketch = intervals.at(at);
        if (sketch) mergeSketch(merged, sketch);
      }
      return readMerged();
    },
    each: (from, to, see) => {
      const last = Math.floor(to / seconds);
      for (let at = Math.floor(from / seconds); at <= last; at += 1) {
        const { places, counts } = intervals.at(at) ?? NOTHING;
        for (let index = 0; index < places.length; index += 1)
          see(at * seconds, binValue(places[index]!), counts[index]!);
      }
    },
  };
}

/** The sketches of the last `length` intervals. */
function createIntervals(length: number) {
  const closed = new Map<number, ClosedSketch>();
  /** Undefined without an observation: many windows never have one. */
  let sketch: QuantileSketch | undefined;
  let openAt = 0;
  return {
    /** Closes the current interval, and returns the sketch of the next. */
    open: (at: number): QuantileSketch => {
      sketch ??= createSketch();
      if (sketch.count > 0) closed.set(openAt, closeSketch(sketch));
      clearSketch(sketch);
      openAt = at;
      // Insertion order is time order.
      for (const old of closed.keys()) {
        if (old > at - length) break;
        closed.delete(old);
      }
      return sketch;
    },
    at: (at: number): ClosedSketch | undefined =>
      sketch && at === openAt ? closeSketch(sketch) : closed.get(at),
  };
}

function readMerged(): Observations {
  const { count, sum, min, max } = merged;
  return {
    count,
    sum,
    min,
    max,
    average: count === 0 ? null : sum / count,
    quantile: (q) => quantileOf(merged, q),
    bins: () => halveBins(merged),
  };
}
