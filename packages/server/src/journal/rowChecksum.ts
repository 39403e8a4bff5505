import { crc32 } from "node:zlib";
import { corrupt } from "./sqliteErrors.ts";

/** The number of rows of a table, and the sum of their checksums. */
export interface Tally {
  count: number;
  /** Below 2^53 for up to two million rows. */
  sum: number;
}

export type Tallied = "series" | "totals" | "keys" | "documents";

export function createTallies(): Record<Tallied, Tally> {
  const empty = (): Tally => ({ count: 0, sum: 0 });
  return { series: empty(), totals: empty(), keys: empty(), documents: empty() };
}

/** Checks each row of a table against its checksum, and all of them against the tally. */
export function createCheck(path: string, name: Tallied, written: Tally) {
  const found: Tally = { count: 0, sum: 0 };
  return {
    row: (id: number | string, expected: number, checksum: unknown): void => {
      if (checksum !== expected) throw corrupt(path, `row ${id} of ${name} does not fit its checksum`);
      found.count += 1;
      found.sum += expected;
    },
    end: (): void => {
      if (found.count === written.count && found.sum === written.sum) return;
      throw corrupt(path, `${found.count} rows of ${name} were found, ${written.count} were written`);
    },
  };
}

/** Replaces a row with the checksum `before` by one with the checksum `after`; undefined for no row. */
export function changeTally(tally: Tally, before: number | undefined, after: number | undefined): void {
  tally.count += Number(after !== undefined) - Number(before !== undefined);
  tally.sum += (after ?? 0) - (before ?? 0);
}

const numbers = new Float64Array(2);
const numberBytes = new Uint8Array(numbers.buffer);

/** Returns the checksum of a row. It includes the id, so a row that was swapped with another is detected. */
export function rowChecksum(bytes: Uint8Array, id: number, asOf: number): number {
  numbers[0] = id;
  numbers[1] = asOf;
  return crcAfter(crc32(numberBytes), bytes);
}

export function groupChecksum(seq: number, records: Uint8Array, keys: Uint8Array): number {
  numbers[0] = seq;
  numbers[1] = records.length;
  return crcAfter(crcAfter(crc32(numberBytes), records), keys);
}

/** Continues the checksum `before` with more bytes. Empty ones are skipped: Node 22 would return 0 for them. */
function crcAfter(before: number, bytes: Uint8Array): number {
  return bytes.length === 0 ? before : crc32(bytes, before);
}
