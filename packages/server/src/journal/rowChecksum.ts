import { crc32 } from "node:zlib";
import { corrupt } from "./sqliteErrors.ts";

/** How many rows a table has, and the sum of their checksums. */
export interface Tally {
  count: number;
  /** Below 2^53 for up to two million rows. */
  sum: number;
}

export type Tallied = "series" | "totals" | "keys";

/** Counts the rows of a table against its tally, and each against its checksum. */
export function createCheck(path: string, name: Tallied, written: Tally) {
  const found: Tally = { count: 0, sum: 0 };
  return {
    row: (id: number, expected: number, checksum: unknown): void => {
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

const numbers = new Float64Array(2);
const numberBytes = new Uint8Array(numbers.buffer);

/** Over the bytes and what they belong to: a row in the place of another is found as well. */
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

/** Node 22 forgets what was before bytes that are none: zlib takes them for a request of the first value. */
function crcAfter(before: number, bytes: Uint8Array): number {
  return bytes.length === 0 ? before : crc32(bytes, before);
}
