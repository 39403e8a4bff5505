import { type Device, DEVICES, type WebVitalRating } from "@rumkit/protocol";
import { EXPERIENCES } from "../metrics/labelValues.ts";

/** Maximum sessions that are tracked. Beyond it, the session that was silent longest is forgotten. */
export const MAX_SESSIONS = 100_000;

/** No slot: the end of the list of sessions. */
export const NONE = 0;

/**
 * The order of the last batches: a list, linked by slots. Moving a key to the end of a `Map` instead makes V8 rebuild
 * the map again and again.
 */
function createOrder({ older, newer }: Columns) {
  const link = (before: number, after: number): void => {
    newer[before] = after;
    older[after] = before;
  };
  const append = (slot: number): void => {
    // The ends of the list are its neighbors: `newer[NONE]` is the oldest session, `older[NONE]` the newest.
    link(older[NONE]!, slot);
    link(slot, NONE);
  };
  const remove = (slot: number): void => link(older[slot]!, newer[slot]!);
  return {
    append,
    remove,
    moveToEnd: (slot: number): void => {
      if (newer[slot] === NONE) return;
      remove(slot);
      append(slot);
    },
    /** The slot of the session that was silent longest; `NONE` without sessions. */
    oldest: (): number => newer[NONE]!,
  };
}

/** The sessions, each with a slot in every column. */
export function createSlots() {
  const slots = new Map<number, number>();
  const unused: number[] = [];
  const columns = createColumns();
  const order = createOrder(columns);

  const begin = (id: number, seq: number): number => {
    const slot = unused.pop() ?? slots.size + 1;
    slots.set(id, slot);
    beginColumns(columns, slot, id, seq);
    order.append(slot);
    return slot;
  };
  return {
    ...columns,
    ...createTraits(columns),
    oldest: order.oldest,
    get size() {
      return slots.size;
    },
    find: (id: number): number | undefined => slots.get(id),
    /** Every slot in use. A slot may be freed while they are read. */
    all: (): IterableIterator<number> => slots.values(),
    /** Moves a session to the end. A new one gets a slot. */
    touch: (id: number, seq: number): number => {
      const slot = slots.get(id);
      if (slot === undefined) return begin(id, seq);
      order.moveToEnd(slot);
      return slot;
    },
    free: (slot: number): void => {
      slots.delete(columns.key[slot]!);
      order.remove(slot);
      unused.push(slot);
    },
  };
}

/** The rating and the device of each session. */
function createTraits({ worst, device }: Columns) {
  return {
    /** Stores the rating of a session if it is worse than the one before. Returns true then. */
    getsWorse: (slot: number, experience: WebVitalRating): boolean => {
      const rank = EXPERIENCES.indexOf(experience) + 1;
      if (rank <= worst[slot]!) return false;
      worst[slot] = rank;
      return true;
    },
    /** Returns the device of a session, after it is set to the one that a page said. */
    deviceOf: (slot: number, said: Device | undefined): Device | undefined => {
      if (said !== undefined) device[slot] = DEVICES.indexOf(said) + 1;
      return DEVICES[device[slot]! - 1];
    },
  };
}

/** Sets a slot to a session that begins with this batch. */
function beginColumns(columns: Columns, slot: number, id: number, seq: number): void {
  columns.key[slot] = id;
  columns.lowest[slot] = seq;
  columns.highest[slot] = seq;
  columns.received[slot] = 0;
  columns.weight[slot] = 0;
  columns.worst[slot] = 0;
  columns.device[slot] = 0;
  columns.partition[slot] = 0;
}

type Columns = ReturnType<typeof createColumns>;

/** The data of sessions. Arrays of numbers take 56 bytes per session, objects 100. */
function createColumns() {
  // One more than may stay, and `NONE`.
  const length = MAX_SESSIONS + 2;
  return {
    key: new Float64Array(length),
    /** The slots of the neighbors in the list. */
    older: new Uint32Array(length),
    newer: new Uint32Array(length),
    at: new Float64Array(length),
    lowest: new Float64Array(length),
    highest: new Float64Array(length),
    received: new Uint32Array(length),
    /** The number of sessions that each session represents if pages sample. */
    weight: new Float64Array(length),
    /** The worst rating of each: 0 for none, 1 for the first of `EXPERIENCES`. */
    worst: new Uint8Array(length),
    /** The device of each: 0 if its start was not seen, 1 for the first of `DEVICES`. */
    device: new Uint8Array(length),
    /** The partition of the log that its batches are in; 0 without a log. */
    partition: new Uint16Array(length),
  };
}
