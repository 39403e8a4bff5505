import type { SeriesDefinition } from "./seriesDefinition.ts";
import { createTotal, decodeTotal } from "./total.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";

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
