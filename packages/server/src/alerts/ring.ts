/** The value of a number at the start of each slot of time, for as many slots as it has. */
export interface Ring {
  /** Milliseconds of a slot. */
  readonly slotMs: number;
  /** Number of slots. */
  readonly length: number;
  /** The last slot that has begun, counted since 1970; -1 before the first. */
  readonly last: number;
  /** The first slot that is kept. */
  readonly first: number;
  /** The first slot that was set, or the first that is kept if that was later. */
  readonly begun: number;
  /** Sets a slot, the last one or a later one. Slots between get `between`. */
  set(slot: number, value: number, between: number): void;
  /** Returns the value of a slot; NaN if it has none. */
  at(slot: number): number;
}

export function createRing(slotMs: number, slots: number): Ring {
  const values = new Float64Array(slots).fill(Number.NaN);
  let last = -1;
  let begun = 0;
  return {
    slotMs,
    length: slots,
    get last() {
      return last;
    },
    get first() {
      return Math.max(last - slots + 1, 0);
    },
    get begun() {
      return Math.max(last - slots + 1, begun);
    },
    set: (slot, value, between) => {
      if (slot < last) return;
      if (last < 0) begun = slot;
      // After a long time, every slot is overwritten once.
      for (let each = last < 0 ? slot : Math.max(last + 1, slot - slots + 1); each < slot; each += 1)
        values[each % slots] = between;
      values[slot % slots] = value;
      last = slot;
    },
    at: (slot) => (slot > last || slot <= last - slots || slot < 0 ? Number.NaN : values[slot % slots]!),
  };
}

/** Seconds of a slot by the longest age that it serves, in seconds: a window begins at most 2 % off. */
const RESOLUTIONS = [
  { age: 600, slot: 5 },
  { age: 3_600, slot: 15 },
  { age: 30 * 3_600, slot: 60 },
  { age: 8 * 86_400, slot: 300 },
  { age: Number.POSITIVE_INFINITY, slot: 3_600 },
] as const;

/** Returns the seconds of a slot for a window that begins so many seconds ago. */
export function slotFor(ageSeconds: number): number {
  return RESOLUTIONS.find(({ age }) => ageSeconds <= age)!.slot;
}

/** Returns the slots that the windows need, by the seconds of a slot. */
export function slotsFor(agesSeconds: Iterable<number>): Map<number, number> {
  const slots = new Map<number, number>();
  for (const age of agesSeconds) {
    const slot = slotFor(age);
    // One for the window's start, and one that has just begun.
    slots.set(slot, Math.max(slots.get(slot) ?? 0, Math.ceil(age / slot) + 2));
  }
  return slots;
}
