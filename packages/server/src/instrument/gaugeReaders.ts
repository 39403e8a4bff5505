import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import type { Child } from "./child.ts";

/** Gauges of the app that one function reads. */
interface GaugeReader {
  /** The family of the first. */
  readonly metric: string;
  /** The name of the queue, the cache or the pool. */
  readonly name: string;
  readonly gauges: readonly Child[];
  /** Returns the values of `gauges`, in their order. It is code of the app: it may throw, and return any value. */
  readonly read: () => readonly number[];
}

/** Reads gauges at each scrape. Returns a function that ends it: the last values stay. */
export type ReadAtScrape = (reader: GaugeReader) => () => void;

/**
 * The gauges of the app that are read at each scrape. A gauge whose value cannot be read has no sample until it can:
 * with its old value it would look healthy while its source is gone.
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
      if (!Number.isFinite(value)) throw new TypeError(`it is not a finite number: ${String(value)}.`);
    }
  } catch (error) {
    onUnreadable(metric, error, name);
  }
  for (const [index, gauge] of gauges.entries()) {
    const value = values[index];
    gauge.add(value !== undefined && Number.isFinite(value) ? value : Number.NaN);
  }
}
