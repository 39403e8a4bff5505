import type { UnreadableListener } from "../registry/readAppMetrics.ts";
import type { Child } from "./child.ts";

/** Gauges of the app that one function reads. */
interface GaugeReader {
  /** The family of the first. */
  readonly metric: string;
  /** The name of the queue, the cache or the pool. */
  readonly name: string;
  readonly gauges: readonly Child[];
  /** The values of `gauges`, in their order. Code of the app: it may throw, and give anything. */
  readonly read: () => readonly number[];
}

/** Has gauges read at each scrape. Returns what ends it: the last values stay. */
export type ReadAtScrape = (reader: GaugeReader) => () => void;

/**
 * The gauges of the app that are read when somebody asks. A gauge whose value cannot be read has no sample until
 * it can: one that went on showing the old value would look well while its source is gone.
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
      if (!Number.isFinite(value)) throw new TypeError(`it is no finite number: ${String(value)}.`);
    }
  } catch (error) {
    onUnreadable(metric, error, name);
  }
  for (const [index, gauge] of gauges.entries()) {
    const value = values[index];
    gauge.add(value !== undefined && Number.isFinite(value) ? value : Number.NaN);
  }
}
