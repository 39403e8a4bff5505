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
  const closed = new Map<number, ClosedSketch>();
  let open: QuantileSketch | undefined;
  let openAt = 0;

  const close = (sketch: QuantileSketch): void => {
    if (sketch.count > 0) closed.set(openAt, closeSketch(sketch));
    clearSketch(sketch);
  };
  const dropBefore = (oldest: number): void => {
    // Insertion order is time order.
    for (const at of closed.keys()) {
      if (at >= oldest) return;
      closed.delete(at);
    }
  };
  const advance = (at: number, sketch: QuantileSketch): void => {
    close(sketch);
    openAt = at;
    dropBefore(at - length + 1);
  };

  const sketchAt = (at: number): ClosedSketch | undefined =>
    at === openAt && open ? closeSketch(open) : closed.get(at);

  return {
    add: (second, value, times) => {
      open ??= createSketch();
      const at = Math.floor(second / seconds);
      if (at > openAt) advance(at, open);
      addToSketch(open, value, times);
    },
    between: (from, to) => {
      clearSketch(merged);
      const last = Math.floor(to / seconds);
      for (let at = Math.floor(from / seconds); at <= last; at += 1) {
        const sketch = sketchAt(at);
        if (sketch) mergeSketch(merged, sketch);
      }
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
    },
    each: (from, to, see) => {
      const last = Math.floor(to / seconds);
      for (let at = Math.floor(from / seconds); at <= last; at += 1) {
        const { places, counts } = sketchAt(at) ?? NOTHING;
        for (let index = 0; index < places.length; index += 1)
          see(at * seconds, binValue(places[index]!), counts[index]!);
      }
    },
  };
}
