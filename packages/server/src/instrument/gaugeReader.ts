import { isRejection, type Rejection } from "../base/rejection.ts";
import type { Labels } from "../metrics/descriptor.ts";

/** Returns the value of a gauge, or the values of its label sets. It is code of the app, so it may throw or return anything. */
export type ReadGauge = () => unknown;

export interface GaugeReaderOptions {
  readonly hasLabels: boolean;
  /** The number of label sets: no reading has more values. */
  readonly mostSets: number;
  /** Checks the labels of a value. */
  readonly labelsOf: (labels: unknown) => Labels | Rejection<string>;
  /** Sets one series; NaN if its value is unknown. */
  readonly set: (labels: Labels, value: number) => void;
  /** Called with each failed reading. `set` names the label set, if only that one could not be read. */
  readonly onFailure: (error: unknown, set?: string) => void;
}

/** A series that a reading sets. */
interface Reading {
  readonly labels: Labels;
  readonly value: number;
}

/** The readings of one declared gauge: series that no reading returns any more have no sample. */
export function createGaugeReader(options: GaugeReaderOptions): {
  /** Returns a function that ends it. */
  readonly add: (read: ReadGauge) => () => void;
  readonly readAll: () => void;
} {
  const readers = new Set<{ readonly read: ReadGauge }>();
  let shown: ReadonlyMap<string, Reading> = new Map();

  const readAll = (): void => {
    if (readers.size + shown.size === 0) return;
    const present = new Map<string, Reading>();
    for (const { read } of readers)
      for (const reading of readOne(read, options)) present.set(JSON.stringify(reading.labels), reading);
    for (const [key, { labels }] of shown) if (!present.has(key)) options.set(labels, Number.NaN);
    for (const { labels, value } of present.values()) options.set(labels, value);
    shown = present;
  };

  return {
    add: (read) => {
      const reader = { read };
      readers.add(reader);
      return () => {
        if (readers.delete(reader)) readAll();
      };
    },
    readAll,
  };
}

/** Reads every value of one reader; none if it fails. */
function readOne(read: ReadGauge, options: GaugeReaderOptions): Reading[] {
  const { hasLabels, mostSets, onFailure } = options;
  try {
    const given = read();
    if (!hasLabels) return [{ labels: {}, value: numberIn(given) }];
    const readings: Reading[] = [];
    let items = 0;
    for (const item of listOf(given)) {
      items += 1;
      if (items > mostSets) throw new RangeError(`it has more values than the ${mostSets} label sets.`);
      const reading = readItem(item, options);
      if (reading) readings.push(reading);
    }
    return readings;
  } catch (error) {
    onFailure(error);
    return [];
  }
}

/** Reads one value of a gauge with labels. A failure affects this label set only. */
function readItem(item: unknown, { labelsOf, onFailure }: GaugeReaderOptions): Reading | undefined {
  const { labels: given, value } = (item ?? {}) as { readonly labels?: unknown; readonly value?: unknown };
  const labels = labelsOf(given);
  if (isRejection(labels)) {
    onFailure(labels.message, "some label sets");
    return undefined;
  }
  try {
    return { labels, value: numberIn(value) };
  } catch (error) {
    onFailure(error, Object.values(labels).join(", "));
    return undefined;
  }
}

function numberIn(value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const shown = typeof value === "number" ? String(value) : typeof value;
  throw new TypeError(`it is not a finite number: ${shown}.`);
}

function listOf(given: unknown): Iterable<unknown> {
  const isList = typeof given === "object" && given !== null && Symbol.iterator in given;
  if (isList) return given as Iterable<unknown>;
  throw new TypeError("it is not a list of { labels, value }, which a gauge with labels needs.");
}
