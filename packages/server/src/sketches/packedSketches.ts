/** A bin of a sketch, and the number of values in it. */
export type Bin = readonly [bin: number, count: number];

/** The bins of one slot of time. */
export interface PackedSlot {
  readonly slot: number;
  readonly bins: readonly Bin[];
}

/** Parts of a value that a count is rounded to, because a sampled value stands for a fractional number of values. */
const PARTS = 4;

/**
 * Packs the sketches of some slots, in their order: numbers of 7 bits per byte, and bins as the difference to the one
 * before. A bin with few values takes two bytes.
 */
export function packSlots(slots: readonly PackedSlot[]): Uint8Array {
  const bytes: number[] = [];
  for (const { slot, bins } of slots) {
    writeNumber(bytes, slot);
    writeNumber(bytes, bins.length);
    let last = 0;
    for (const [bin, count] of bins) {
      writeNumber(bytes, bin - last);
      writeNumber(bytes, Math.max(1, Math.round(count * PARTS)));
      last = bin;
    }
  }
  return Uint8Array.from(bytes);
}

/** Reads packed slots. Throws a RangeError for bytes that end within a number. */
export function unpackSlots(bytes: Uint8Array): PackedSlot[] {
  const slots: PackedSlot[] = [];
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const slot = readNumber(bytes, cursor);
    const length = readNumber(bytes, cursor);
    const bins: Bin[] = [];
    let last = 0;
    for (let index = 0; index < length; index += 1) {
      last += readNumber(bytes, cursor);
      bins.push([last, readNumber(bytes, cursor) / PARTS]);
    }
    slots.push({ slot, bins });
  }
  return slots;
}

/** Adds up bins of several sketches, in the order of their bins. */
export function mergeBins(all: Iterable<readonly Bin[]>): Bin[] {
  const counts = new Map<number, number>();
  for (const bins of all) for (const [bin, count] of bins) counts.set(bin, (counts.get(bin) ?? 0) + count);
  return [...counts].toSorted(([a], [b]) => a - b);
}

function writeNumber(bytes: number[], value: number): void {
  let rest = value;
  // Not by shifts: a count may have more than 32 bits.
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

function readNumber(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw new RangeError("[rumkit] Packed sketches end within a number.");
    cursor.at += 1;
    value += (byte % 128) * scale;
    if (byte < 128) return value;
  }
}
