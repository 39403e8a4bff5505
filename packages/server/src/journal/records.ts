/**
 * The format of a group. Each record has a 32-bit head, which is the id of a series with the kind in its lowest three
 * bits, and the data of the kind. Little-endian, not aligned. Most increments count 1 and take four bytes.
 */
const KIND_BITS = 3;
const KIND_MASK = 7;

/** Counts 1, once. */
const ONE = 0;
/** Adds the value, once. */
const VALUE = 1;
/** Adds the value a number of times. */
const VALUE_TIMES = 2;
/** Assigns the id to a series: length and UTF-8 of its definition. */
const DEFINE = 3;
/** The series has ended; the series whose id follows took over its value. */
const FOLD = 4;

/** Writes records into a growing buffer. */
export interface RecordWriter {
  /** Bytes so far. */
  readonly length: number;
  increment(id: number, value: number, times: number): void;
  define(id: number, definition: string): void;
  fold(from: number, into: number): void;
  /** Appends the records of another writer. */
  append(records: Uint8Array): void;
  /** Returns a copy of the records from `start`. */
  copy(start: number): Uint8Array;
  /** Returns the buffer, and continues with `spare` or a new one. */
  take(spare?: ArrayBuffer): { buffer: ArrayBuffer; length: number };
}

const FIRST_BYTES = 65_536;
const LONGEST_INCREMENT = 20;

export function createRecordWriter(): RecordWriter {
  const out = createOutput();
  const writeHead = (id: number, kind: number): void => out.writeInteger((id << KIND_BITS) | kind);

  return {
    get length() {
      return out.length;
    },
    increment: (id, value, times) => {
      out.reserve(LONGEST_INCREMENT);
      const isOnce = times === 1;
      if (isOnce && value === 1) return writeHead(id, ONE);
      writeHead(id, isOnce ? VALUE : VALUE_TIMES);
      out.writeNumber(value);
      if (!isOnce) out.writeNumber(times);
    },
    define: (id, definition) => {
      const text = Buffer.from(definition);
      out.reserve(8 + text.length);
      writeHead(id, DEFINE);
      out.writeInteger(text.length);
      out.writeBytes(text);
    },
    fold: (from, into) => {
      out.reserve(8);
      writeHead(from, FOLD);
      out.writeInteger(into);
    },
    append: (records) => {
      out.reserve(records.length);
      out.writeBytes(records);
    },
    copy: out.copy,
    take: out.take,
  };
}

/** Creates a buffer that grows. Reserve the bytes before writing them. */
function createOutput() {
  let { bytes, view } = createBytes(FIRST_BYTES);
  let length = 0;
  return {
    get length() {
      return length;
    },
    reserve: (needed: number): void => {
      if (length + needed <= bytes.length) return;
      const before = bytes;
      ({ bytes, view } = createBytes(Math.max(before.length * 2, length + needed)));
      bytes.set(before);
    },
    writeInteger: (value: number): void => {
      view.setUint32(length, value, true);
      length += 4;
    },
    writeNumber: (value: number): void => {
      view.setFloat64(length, value, true);
      length += 8;
    },
    writeBytes: (more: Uint8Array): void => {
      bytes.set(more, length);
      length += more.length;
    },
    copy: (start: number): Uint8Array => bytes.slice(start, length),
    take: (spare?: ArrayBuffer): { buffer: ArrayBuffer; length: number } => {
      const taken = { buffer: bytes.buffer, length };
      ({ bytes, view } = createBytes(FIRST_BYTES, spare));
      length = 0;
      return taken;
    },
  };
}

function createBytes(size: number, buffer = new ArrayBuffer(size)) {
  return { bytes: new Uint8Array(buffer), view: new DataView(buffer) };
}

/** Every id is lower, so that an id and a kind fit 32 bits. */
export const MAX_SERIES_ID = 2 ** (32 - KIND_BITS);

/** Called by `readRecords`, in the order of the records. */
export interface RecordReader {
  increment(id: number, value: number, times: number): void;
  define(id: number, definition: string): void;
  fold(from: number, into: number): void;
}

/** Reads records. Throws a RangeError if the last one is truncated or a kind is unknown. */
export function readRecords(records: Uint8Array, reader: RecordReader): void {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength);
  let at = 0;
  while (at < records.length) {
    const head = view.getUint32(at, true);
    const id = head >>> KIND_BITS;
    at += 4;
    switch (head & KIND_MASK) {
      case ONE:
        reader.increment(id, 1, 1);
        break;
      case VALUE:
        reader.increment(id, view.getFloat64(at, true), 1);
        at += 8;
        break;
      case VALUE_TIMES:
        reader.increment(id, view.getFloat64(at, true), view.getFloat64(at + 8, true));
        at += 16;
        break;
      case DEFINE: {
        const length = view.getUint32(at, true);
        if (at + 4 + length > records.length) throw new RangeError("A definition is cut off.");
        const text = Buffer.from(records.buffer, records.byteOffset + at + 4, length);
        reader.define(id, text.toString());
        at += 4 + length;
        break;
      }
      case FOLD:
        reader.fold(id, view.getUint32(at, true));
        at += 4;
        break;
      default:
        throw new RangeError(`A record has the unknown kind ${head & KIND_MASK}.`);
    }
  }
}
