import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import type { Child, ChildOf } from "../metrics/recorder.ts";

/** Gauges of the app that one function reads. */
interface GaugeReader {
  /** The family of the first. */
  readonly metric: string;
  /** The name of the queue, the cache or the pool. */
  readonly name: string;
  readonly gauges: readonly Child[];
  /** Returns the values of `gauges`, in their order. It is code of the app, so it may throw or return any value. */
  readonly read: () => readonly number[];
}

/** Reads gauges at each scrape. Returns a function that ends it: the last values stay. */
export type ReadAtScrape = (reader: GaugeReader) => () => void;

/**
 * The gauges of the app that are read at each scrape. While the value of a gauge cannot be read, it has no sample: its
 * old value would look healthy although its source is gone.
 */
export function createGaugeReaders(onUnreadable: UnreadableListener): {
  readonly readAtScrape: ReadAtScrape;
  readonly readAll: () => void;
} {
  const readers = new Set<GaugeReader>();
  return {
    readAtScrape: (reader) => {
      readers.add(reader);
      return () => void readers.delete(reader);
    },
    readAll: () => {
      for (const reader of readers) readGauges(reader, onUnreadable);
    },
  };
}

function readGauges({ metric, name, gauges, read }: GaugeReader, onUnreadable: UnreadableListener): void {
  let values: readonly number[] = [];
  try {
    values = read();
    for (const value of values) {
      if (Number.isFinite(value)) continue;
      const shown = typeof value === "number" ? String(value) : typeof value;
      throw new TypeError(`it is not a finite number: ${shown}.`);
    }
  } catch (error) {
    onUnreadable(metric, error, name);
  }
  for (const [index, gauge] of gauges.entries()) {
    const value = values[index];
    gauge.add(value !== undefined && Number.isFinite(value) ? value : Number.NaN);
  }
}

/** The depth of a queue. */
interface QueueDepth {
  /** Sets the depth, if the app counts it elsewhere. */
  readonly set: (depth: number) => void;
  /** Stops reading the depth. The last value stays. */
  readonly stop: () => void;
}

/**
 * Exposes the number of waiting items of a queue, in `queue_depth{queue}`. `read` is called at each scrape; while it
 * throws or does not return a number, the queue has no depth.
 */
export type TrackQueue = (name: string, read?: () => number) => QueueDepth;

export function createTrackQueue(childOf: ChildOf, readAtScrape: ReadAtScrape): TrackQueue {
  return (name, read) => {
    const child = childOf("queue_depth", { queue: name });
    const set = (depth: number): void => {
      if (Number.isFinite(depth)) child.add(depth);
    };
    if (!read) return { set, stop: () => {} };
    const reader = { metric: "queue_depth", name, gauges: [child], read: () => [read()] };
    return { set, stop: readAtScrape(reader) };
  };
}
