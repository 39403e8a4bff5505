import type { Labels } from "../metrics/descriptor.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";
import type { Series } from "../metrics/seriesStore.ts";

/** The kind of a series that is kept. Gauges are states of the moment and are not kept. */
type Shape = "counter" | "money" | "histogram";

/** The identity of a series. A series whose bucket edges changed is a different one. */
export interface SeriesDefinition {
  readonly metric: string;
  readonly shape: Shape;
  readonly labels: Labels;
  /** Upper bucket edges of a histogram. */
  readonly buckets?: readonly number[];
}

/** The definition as text: the same for the same series, whatever the order of its labels. */
export function defineSeries({ descriptor, labels }: Series): string {
  const { name: metric, type, unit, buckets } = descriptor;
  const definition: SeriesDefinition = {
    metric,
    shape: type === "histogram" ? "histogram" : unit === "currency" ? "money" : "counter",
    labels: Object.fromEntries(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ...(buckets && { buckets }),
  };
  return JSON.stringify(definition);
}

/** The total of a series. */
export interface Total {
  readonly id: number;
  readonly shape: Shape;
  readonly edges: readonly number[];
  value: number;
  minorUnits: bigint;
  /** Observations in each bucket alone; the last bucket is above every edge. */
  readonly counts: Float64Array;
  sum: number;
  /** The last group that its row in the file contains; 0 if there is no row. */
  asOf: number;
  /** Checksums of its rows in `series` and `totals`; undefined if it has none. */
  definitionChecksum: number | undefined;
  totalChecksum: number | undefined;
  /** True if another series took over its value. Its row is deleted with the groups that name it. */
  gone: boolean;
}

export function createTotal(id: number, { shape, buckets = [] }: SeriesDefinition): Total {
  return {
    id,
    shape,
    edges: buckets,
    value: 0,
    minorUnits: 0n,
    counts: new Float64Array(shape === "histogram" ? buckets.length + 1 : 0),
    sum: 0,
    asOf: 0,
    definitionChecksum: undefined,
    totalChecksum: undefined,
    gone: false,
  };
}

/** Counts as the series store does, to the last bit: after a restart, a series continues from this value. */
export function addToTotal(total: Total, value: number, times: number): void {
  if (total.shape === "counter") total.value += value * times;
  else if (total.shape === "money") total.minorUnits += minorUnitsOf(value, times);
  else {
    const bucket = bucketOf(total.edges, value);
    total.counts[bucket] = total.counts[bucket]! + times;
    total.sum += value * times;
  }
}

/** Adds the total of `from` to `into`, which has the same shape, and marks `from` as gone. */
export function foldTotal(from: Total, into: Total): void {
  into.value += from.value;
  into.minorUnits += from.minorUnits;
  into.sum += from.sum;
  for (const [bucket, count] of from.counts.entries()) into.counts[bucket] = into.counts[bucket]! + count;
  from.gone = true;
}

/** Encodes a total. Counter: its value. Money: its digits. Histogram: sum and counts. Gone: empty. */
export function encodeTotal(total: Total): Uint8Array {
  if (total.gone) return new Uint8Array(0);
  if (total.shape === "money") return Buffer.from(String(total.minorUnits));
  return new Uint8Array(
    total.shape === "counter"
      ? Float64Array.of(total.value).buffer
      : Float64Array.of(total.sum, ...total.counts).buffer,
  );
}

/** Decodes a total. Throws a RangeError or SyntaxError if the bytes do not fit the shape. */
export function decodeTotal(total: Total, bytes: Uint8Array): void {
  if (bytes.length === 0) total.gone = true;
  else if (total.shape === "money") total.minorUnits = BigInt(Buffer.from(bytes).toString("latin1"));
  else {
    const [first, ...rest] = new Float64Array(bytes.slice().buffer);
    if (rest.length !== total.counts.length || first === undefined)
      throw new RangeError("A total does not fit its series.");
    total.value = total.shape === "counter" ? first : 0;
    total.sum = total.shape === "histogram" ? first : 0;
    total.counts.set(rest);
  }
}

function minorUnitsOf(value: number, times: number): bigint {
  return Number.isInteger(times) ? BigInt(value) * BigInt(times) : BigInt(Math.round(value * times));
}

function bucketOf(edges: readonly number[], value: number): number {
  let bucket = 0;
  while (bucket < edges.length && !(value <= edges[bucket]!)) bucket += 1;
  return bucket;
}

/** A series in the format of the file: the text of its definition, the bytes of its total. */
interface SavedRow {
  readonly definition: Uint8Array;
  readonly total: Uint8Array;
}

/** Joins rows into one buffer, which can be transferred to another thread without copying. */
export function packSaved(rows: readonly SavedRow[]): Uint8Array<ArrayBuffer> {
  const length = rows.reduce((sum, { definition, total }) => sum + 8 + definition.length + total.length, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of rows.flatMap(({ definition, total }) => [definition, total])) {
    view.setUint32(at, part.length, true);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
}

/** Reads the series one by one. Releases the bytes after the last one: a second iteration is empty. */
export function readSaved(packed: Uint8Array): Iterable<SavedSeries> {
  let bytes: Uint8Array | undefined = packed;
  return {
    *[Symbol.iterator]() {
      while (bytes && bytes.length > 0) {
        const definition = partOf(bytes);
        const total = partOf(bytes.subarray(4 + definition.length));
        bytes = bytes.subarray(8 + definition.length + total.length);
        yield toSaved(definition, total);
      }
      bytes = undefined;
    },
  };
}

function partOf(bytes: Uint8Array): Uint8Array {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return bytes.subarray(4, 4 + length);
}

function toSaved(text: Uint8Array, bytes: Uint8Array): SavedSeries {
  const definition = JSON.parse(Buffer.from(text).toString()) as SeriesDefinition;
  const { metric, shape, labels, buckets } = definition;
  const total = createTotal(0, definition);
  decodeTotal(total, bytes);
  const identity = { metric, labels, ...(buckets && { buckets }) };
  if (shape === "money") return { ...identity, minorUnits: total.minorUnits };
  if (shape === "counter") return { ...identity, value: total.value };
  return { ...identity, counts: [...total.counts], sum: total.sum };
}
