import { type Bin, mergeBins, packSlots, type PackedSlot, unpackSlots } from "../sketches/packedSketches.ts";

/** Minutes of an hour. */
const HOUR = 60;

/**
 * Minutes of the slots that share a sketch. While there is room, each minute has its own; then the sketches of the oldest
 * hours are merged, because a longer slot costs resolution and no accuracy.
 */
const SLOTS = [1, 5, 15, 60] as const;

type SlotMinutes = (typeof SLOTS)[number];

/** Maximum bytes of all sketches: with the minutes and the marks, about 1 MB. */
const MAX_BYTES = 700_000;

/** The sketches of one hour and column. */
interface Packed {
  minutes: SlotMinutes;
  bytes: Uint8Array;
}

/** The sketches of one hour by column, for its row: text, because the row is JSON. */
export type SketchRow = Readonly<Record<string, readonly [minutes: number, base64: string]>>;

/** A sketch, and the minutes that it covers: the last one excluded. */
export interface TimedSketch {
  readonly from: number;
  readonly to: number;
  readonly bins: readonly Bin[];
}

/** The distribution of each column, minute by minute, for eight days in a bounded number of bytes. */
export interface MinuteSketches {
  /** Adds the values of a minute. Minutes are counted since 1970. */
  add(column: string, minute: number, bins: readonly Bin[]): void;
  /** Returns the sketches of an hour, oldest first; undefined if it has none of this column. */
  of(column: string, hour: number): TimedSketch[] | undefined;
  row(hour: number): SketchRow;
  readRow(hour: number, row: SketchRow): void;
  /** Drops the hours before one. */
  dropBefore(hour: number): void;
}

/** @param onChange Called with an hour that changed. */
export function createMinuteSketches(onChange: (hour: number) => void): MinuteSketches {
  const hours = new Map<number, Map<string, Packed>>();
  let size = 0;
  const put = (hour: number, column: string, packed: Packed): void => {
    const columns = hours.get(hour) ?? new Map<string, Packed>();
    hours.set(hour, columns);
    size += packed.bytes.length - (columns.get(column)?.bytes.length ?? 0);
    columns.set(column, packed);
  };
  const drop = (hour: number): void => {
    for (const { bytes } of hours.get(hour)?.values() ?? []) size -= bytes.length;
    hours.delete(hour);
  };
  const shrinkOne = createShrink(hours, put, drop);
  const shrink = (): void => {
    for (let isOver = size > MAX_BYTES; isOver; isOver = size > MAX_BYTES) onChange(shrinkOne());
  };

  return {
    add: (column, minute, bins) => {
      const hour = Math.floor(minute / HOUR);
      const before = hours.get(hour)?.get(column) ?? { minutes: 1, bytes: new Uint8Array() };
      put(hour, column, withBins(before, minute % HOUR, bins));
      shrink();
    },
    of: (column, hour) => {
      const packed = hours.get(hour)?.get(column);
      return (
        packed && unpackSlots(packed.bytes).map(({ slot, bins }) => timed(hour, packed.minutes, slot, bins))
      );
    },
    row: (hour) => encodeRow(hours.get(hour)),
    readRow: (hour, row) => {
      for (const [column, packed] of decodeRow(row)) put(hour, column, packed);
    },
    dropBefore: (oldest) => {
      for (const hour of hours.keys()) if (hour < oldest) drop(hour);
    },
  };
}

function encodeRow(columns: ReadonlyMap<string, Packed> = new Map()): SketchRow {
  return Object.fromEntries(
    [...columns].map(([column, { minutes, bytes }]) => [
      column,
      [minutes, Buffer.from(bytes).toString("base64")] as const,
    ]),
  );
}

/** Yields the columns of a row that can be read. */
function* decodeRow(row: SketchRow): Generator<[column: string, packed: Packed]> {
  for (const [column, [minutes, base64]] of Object.entries(row)) {
    const bytes = new Uint8Array(Buffer.from(base64, "base64"));
    const known = SLOTS.find((each) => each === minutes);
    if (known && isReadable(bytes)) yield [column, { minutes: known, bytes }];
  }
}

/** Returns a function that makes the oldest of the finest hours coarser, or drops the oldest one. It returns the hour. */
function createShrink(
  hours: ReadonlyMap<number, ReadonlyMap<string, Packed>>,
  put: (hour: number, column: string, packed: Packed) => void,
  drop: (hour: number) => void,
): () => number {
  return () => {
    const order = [...hours.keys()].toSorted((a, b) => a - b);
    for (const minutes of SLOTS.slice(1)) {
      for (const hour of order) {
        const finer = [...hours.get(hour)!].filter(([, packed]) => packed.minutes < minutes);
        for (const [column, packed] of finer) put(hour, column, coarser(packed, minutes));
        if (finer.length > 0) return hour;
      }
    }
    const [oldest = 0] = order;
    drop(oldest);
    return oldest;
  };
}

function coarser({ minutes, bytes }: Packed, to: SlotMinutes): Packed {
  const groups = new Map<number, PackedSlot[]>();
  for (const each of unpackSlots(bytes)) {
    const slot = Math.floor((each.slot * minutes) / to);
    groups.set(slot, [...(groups.get(slot) ?? []), each]);
  }
  const slots = [...groups].map(([slot, each]) => ({ slot, bins: mergeBins(each.map(({ bins }) => bins)) }));
  return { minutes: to, bytes: packSlots(slots) };
}

/** Adds bins to the slot of a minute: mostly the one after the last. */
function withBins({ minutes, bytes }: Packed, minute: number, bins: readonly Bin[]): Packed {
  const slot = Math.floor(minute / minutes);
  const slots = unpackSlots(bytes);
  const found = slots.find((each) => each.slot === slot);
  const others = slots.filter((each) => each !== found);
  const added = { slot, bins: found ? mergeBins([found.bins, bins]) : bins };
  return { minutes, bytes: packSlots([...others, added].toSorted((a, b) => a.slot - b.slot)) };
}

function timed(hour: number, minutes: number, slot: number, bins: readonly Bin[]): TimedSketch {
  const from = hour * HOUR + slot * minutes;
  return { from, to: from + minutes, bins };
}

function isReadable(bytes: Uint8Array): boolean {
  try {
    unpackSlots(bytes);
    return true;
  } catch {
    return false;
  }
}
