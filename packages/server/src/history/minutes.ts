import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Bin } from "../sketches/packedSketches.ts";
import { createMinuteSketches, type MinuteSketches, type SketchRow } from "./minuteSketches.ts";

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
 * One value for each minute and column, for eight days, and the distributions behind quantiles. Minutes are counted since
 * 1970. A column takes 500 bytes for each hour that has a value: 96 kB in all.
 */
export interface Minutes {
  /** Adds to a minute, or sets it. Minutes that are too old are dropped. */
  add(column: string, minute: number, value: number): void;
  set(column: string, minute: number, value: number): void;
  /** Adds the observations of a minute. Call it before `set`. */
  addBins(column: string, minute: number, bins: readonly Bin[]): void;
  /** Returns the sketches of a column in an hour; undefined if it has none. */
  readonly sketchesOf: MinuteSketches["of"];
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
  const sketches = createMinuteSketches((hour) => void changed.add(hour));
  const set = (column: string, minute: number, value: number): void => {
    changed.add(keyOf(minute));
    cellsOf(hours, column, keyOf(minute))[minute % ROW_MINUTES] = value;
  };
  /** True for an hour that an earlier version began. It gets no sketch, which would lack the beginning of the hour. */
  const isOld = (column: string, hour: number): boolean =>
    hours.get(hour)?.has(column) === true && sketches.of(column, hour) === undefined;
  const at = (column: string, minute: number): number =>
    hours.get(keyOf(minute))?.get(column)?.[minute % ROW_MINUTES] ?? Number.NaN;

  return {
    add: (column, minute, value) => {
      const before = at(column, minute);
      set(column, minute, Number.isNaN(before) ? value : before + value);
    },
    set,
    addBins: (column, minute, bins) => {
      if (!isOld(column, keyOf(minute))) sketches.add(column, minute, bins);
    },
    sketchesOf: sketches.of,
    at,
    sum: (column, range) => sumOf((minute) => at(column, minute), range),
    firstMinute: (from = 0) => firstMinuteOf(hours, from),
    ...createRows(hours, sketches, changed),
    dropBefore: (minute) => {
      const oldest = keyOf(minute - KEPT_MINUTES);
      for (const key of hours.keys()) if (key < oldest) hours.delete(key);
      sketches.dropBefore(oldest);
      return oldest;
    },
  };
}

/** Writes and reads the rows of the journal. */
function createRows(
  hours: Map<number, Hour>,
  sketches: MinuteSketches,
  changed: Set<number>,
): Pick<Minutes, "takeChanged" | "readRow"> {
  return {
    takeChanged: () => {
      const rows = new Map([...changed].map((key) => [key, encodeHour(hours.get(key), sketches.row(key))]));
      changed.clear();
      return rows;
    },
    readRow: (key, bytes) => {
      const row = decodeHour(bytes);
      if (!row) return;
      hours.set(key, row.hour);
      sketches.readRow(key, row.sketches);
    },
  };
}

/** Returns the values of a column in an hour, to write into. */
function cellsOf(hours: Map<number, Hour>, column: string, key: number): Float64Array {
  const hour = hours.get(key) ?? new Map<string, Float64Array>();
  hours.set(key, hour);
  const cells = hour.get(column) ?? new Float64Array(ROW_MINUTES).fill(Number.NaN);
  hour.set(column, cells);
  return cells;
}

function sumOf(at: (minute: number) => number, { from, to }: MinuteRange): number {
  let sum = Number.NaN;
  for (let minute = from; minute < to; minute += 1) {
    const value = at(minute);
    if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value;
  }
  return sum;
}

function firstMinuteOf(hours: ReadonlyMap<number, Hour>, from: number): number | undefined {
  for (const key of [...hours.keys()].toSorted((a, b) => a - b)) {
    const columns = [...(hours.get(key)?.values() ?? [])];
    for (let minute = Math.max(from, key * ROW_MINUTES); minute < (key + 1) * ROW_MINUTES; minute += 1)
      if (columns.some((cells) => !Number.isNaN(cells[minute % ROW_MINUTES]))) return minute;
  }
  return undefined;
}

function keyOf(minute: number): number {
  return Math.floor(minute / ROW_MINUTES);
}

/**
 * The version of a row. Rows of the first version were the columns alone, each a list of 60 values; a column cannot be
 * a number, so `version` tells them apart.
 */
const VERSION = 2;

interface RowText {
  readonly version: number;
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  readonly sketches: SketchRow;
}

/** As JSON by column, since the columns change with the catalog; compressed to about 1 kB, and more with sketches. */
function encodeHour(hour: Hour = new Map(), sketches: SketchRow): Uint8Array {
  // JSON has no NaN: it becomes null.
  const columns = Object.fromEntries([...hour].map(([column, cells]) => [column, [...cells]]));
  const row = { version: VERSION, columns, sketches };
  return deflateRawSync(JSON.stringify(row), { level: 1 });
}

function decodeHour(bytes: Uint8Array): { hour: Hour; sketches: SketchRow } | undefined {
  try {
    const text = inflateRawSync(bytes, { maxOutputLength: MAX_ROW_BYTES }).toString();
    const { columns, sketches } = upgraded(JSON.parse(text) as RowText | RowText["columns"]);
    const hour = new Map(
      Object.entries(columns).map(([column, cells]) => [
        column,
        Float64Array.from({ length: ROW_MINUTES }, (_, index) => cells[index] ?? Number.NaN),
      ]),
    );
    return { hour, sketches };
  } catch {
    return undefined;
  }
}

/** Returns a row of an earlier version in the current form. */
function upgraded(row: RowText | RowText["columns"]): Pick<RowText, "columns" | "sketches"> {
  if (typeof row["version"] === "number") return row as RowText;
  return { columns: row as RowText["columns"], sketches: {} };
}
