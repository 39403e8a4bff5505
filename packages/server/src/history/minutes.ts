import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Number of stored minutes: a week for comparisons, and the current day. */
export const KEPT_MINUTES = 8 * 24 * 60;

/** Minutes of one row of the journal. */
const ROW_MINUTES = 60;

/** Maximum bytes of a row: 400 columns of the longest numbers. */
const MAX_ROW_BYTES = 1_048_576;

/** The values of one hour by column. NaN: none. */
type Hour = Map<string, Float64Array>;

/** A range of minutes, the last one excluded. */
export interface MinuteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * One value for each minute and column, for eight days. Minutes are counted since 1970. A column takes 500 bytes for
 * each hour that has a value: 96 kB in all.
 */
export interface Minutes {
  /** Adds to a minute, or sets it. Minutes that are too old are dropped. */
  add(column: string, minute: number, value: number): void;
  set(column: string, minute: number, value: number): void;
  /** Returns the value of a minute, NaN without one. */
  at(column: string, minute: number): number;
  /** Returns the sum over a range; NaN without any value. */
  sum(column: string, range: MinuteRange): number;
  /** Returns the first minute from `from` on that has a value of any column; undefined without one. Default: of all. */
  firstMinute(from?: number): number | undefined;
  /** Returns the rows that changed since the last call, for the journal. */
  takeChanged(): Map<number, Uint8Array>;
  /** Reads a row. An unreadable row is left out, because the history is only shown. */
  readRow(key: number, bytes: Uint8Array): void;
  /** Drops everything that is too old at a minute. Returns the key of the first remaining row. */
  dropBefore(minute: number): number;
}

export function createMinutes(): Minutes {
  const hours = new Map<number, Hour>();
  const changed = new Set<number>();
  const cellOf = (column: string, minute: number): Float64Array => {
    const key = keyOf(minute);
    const hour = hours.get(key) ?? new Map<string, Float64Array>();
    hours.set(key, hour);
    changed.add(key);
    const cells = hour.get(column) ?? new Float64Array(ROW_MINUTES).fill(Number.NaN);
    hour.set(column, cells);
    return cells;
  };
  const at = (column: string, minute: number): number =>
    hours.get(keyOf(minute))?.get(column)?.[minute % ROW_MINUTES] ?? Number.NaN;

  return {
    add: (column, minute, value) => {
      const before = at(column, minute);
      cellOf(column, minute)[minute % ROW_MINUTES] = Number.isNaN(before) ? value : before + value;
    },
    set: (column, minute, value) => {
      cellOf(column, minute)[minute % ROW_MINUTES] = value;
    },
    at,
    sum: (column, { from, to }) => {
      let sum = Number.NaN;
      for (let minute = from; minute < to; minute += 1) {
        const value = at(column, minute);
        if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value;
      }
      return sum;
    },
    firstMinute: (from = 0) => {
      for (const key of [...hours.keys()].toSorted((a, b) => a - b)) {
        const columns = [...(hours.get(key)?.values() ?? [])];
        for (let minute = Math.max(from, key * ROW_MINUTES); minute < (key + 1) * ROW_MINUTES; minute += 1)
          if (columns.some((cells) => !Number.isNaN(cells[minute % ROW_MINUTES]))) return minute;
      }
      return undefined;
    },
    takeChanged: () => {
      const rows = new Map([...changed].map((key) => [key, encodeHour(hours.get(key) ?? new Map())]));
      changed.clear();
      return rows;
    },
    readRow: (key, bytes) => {
      const hour = decodeHour(bytes);
      if (hour) hours.set(key, hour);
    },
    dropBefore: (minute) => {
      const oldest = keyOf(minute - KEPT_MINUTES);
      for (const key of hours.keys()) if (key < oldest) hours.delete(key);
      return oldest;
    },
  };
}

function keyOf(minute: number): number {
  return Math.floor(minute / ROW_MINUTES);
}

/** As JSON by column, since the columns change with the catalog; compressed to about 1 kB. */
function encodeHour(hour: Hour): Uint8Array {
  // JSON has no NaN: it becomes null.
  const columns = Object.fromEntries([...hour].map(([column, cells]) => [column, [...cells]]));
  return deflateRawSync(JSON.stringify(columns), { level: 1 });
}

function decodeHour(bytes: Uint8Array): Hour | undefined {
  try {
    const text = inflateRawSync(bytes, { maxOutputLength: MAX_ROW_BYTES }).toString();
    const columns = JSON.parse(text) as Record<string, (number | null)[]>;
    return new Map(
      Object.entries(columns).map(([column, cells]) => [
        column,
        Float64Array.from({ length: ROW_MINUTES }, (_, index) => cells[index] ?? Number.NaN),
      ]),
    );
  } catch {
    return undefined;
  }
}
