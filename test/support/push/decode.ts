/** Decodes requests of remote write, with another implementation of snappy than the sender's. */
import { uncompressSync } from "snappy";

/** A field of a message of protobuf: a varint as a number, eight or more bytes as they are. */
interface Field {
  readonly number: number;
  readonly value: number | Buffer;
}

/** A sample as it was sent; `bits` are those of its value. */
export interface SentSample {
  readonly value: number;
  readonly bits: bigint;
  readonly at: number;
  /** Remote write 2.0 only. */
  readonly startedAt?: number;
}

export interface SentSeries {
  /** As they were sent, in their order. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly SentSample[];
  /** Remote write 2.0 only. */
  readonly metadata?: { readonly type: number; readonly help: string; readonly unit: string };
}

export const STALE_BITS = 0x7ff0000000000002n;

function readFields(bytes: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 0x80) {
      const byte = bytes[at]!;
      at += 1;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const type = tag % 8;
    const number = Math.floor(tag / 8);
    if (type === 0) fields.push({ number, value: varint() });
    else {
      const length = type === 1 ? 8 : varint();
      if (type !== 1 && type !== 2) throw new Error(`There is no wire type ${type}.`);
      if (at + length > bytes.length) throw new Error("A field is cut off.");
      fields.push({ number, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return fields;
}

const all = (fields: readonly Field[], number: number): Buffer[] =>
  fields.filter((field) => field.number === number).map(({ value }) => value as Buffer);
const one = (fields: readonly Field[], number: number): number =>
  (fields.find((field) => field.number === number)?.value as number | undefined) ?? 0;

function readSample(bytes: Buffer): SentSample {
  const fields = readFields(bytes);
  const [value = Buffer.alloc(8)] = all(fields, 1);
  return {
    value: value.readDoubleLE(),
    bits: value.readBigUInt64LE(),
    at: one(fields, 2),
    ...(one(fields, 3) > 0 && { startedAt: one(fields, 3) }),
  };
}

export function decodeRequest1(body: Buffer): SentSeries[] {
  return all(readFields(uncompressSync(body, { asBuffer: true }) as Buffer), 1).map((bytes) => {
    const fields = readFields(bytes);
    const pairs = all(fields, 1).map((label): [string, string] => {
      const parts = readFields(label);
      return [String(all(parts, 1)[0] ?? ""), String(all(parts, 2)[0] ?? "")];
    });
    return { pairs, labels: Object.fromEntries(pairs), samples: all(fields, 2).map(readSample) };
  });
}

export function decodeRequest2(body: Buffer): { readonly symbols: string[]; readonly series: SentSeries[] } {
  const request = readFields(uncompressSync(body, { asBuffer: true }) as Buffer);
  const symbols = all(request, 4).map(String);
  const series = all(request, 5).map((bytes) => {
    const fields = readFields(bytes);
    const refs = unpack(all(fields, 1)[0] ?? Buffer.alloc(0));
    const pairs = Array.from({ length: refs.length / 2 }, (_, index): [string, string] => [
      symbols[refs[index * 2]!]!,
      symbols[refs[index * 2 + 1]!]!,
    ]);
    const metadata = readFields(all(fields, 5)[0]!);
    return {
      pairs,
      labels: Object.fromEntries(pairs),
      samples: all(fields, 2).map(readSample),
      metadata: {
        type: one(metadata, 1),
        help: symbols[one(metadata, 3)]!,
        unit: symbols[one(metadata, 4)]!,
      },
    };
  });
  return { symbols, series };
}

function unpack(bytes: Buffer): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * shift;
    shift *= 0x80;
    if (byte >= 0x80) continue;
    numbers.push(value);
    value = 0;
    shift = 1;
  }
  return numbers;
}
