import { promisify } from "node:util";
import { deflateRaw, inflateRawSync } from "node:zlib";
import type { Labels } from "../metrics/descriptor.ts";
import { countSamples, type Line, type Point, type PushedFamily, type PushedSeries } from "./pushedSeries.ts";

/** Points as a document of a journal: compressed JSON as base64. */
export interface PackedPoints {
  readonly text: string;
  readonly samples: number;
  /** The time of the newest sample, in milliseconds since 1970. */
  readonly at: number;
}

/** Families and lines are stored once, because thousands of series share them. Arrays, because their names would be larger. */
interface Stored {
  readonly families: readonly PushedFamily[];
  readonly lines: readonly (readonly Line[])[];
  readonly points: readonly (readonly [StoredSeries, readonly StoredSample[]])[];
}

type StoredSeries = readonly [id: string, family: number, lines: number, labels: Labels, startedAt: number];
/** Without values: a stale marker. */
type StoredSample = readonly [at: number, values?: readonly (number | string)[]];

/** In the thread pool, because a snapshot has a megabyte of JSON. */
const compress = promisify(deflateRaw);

export async function packPoints(points: readonly Point[]): Promise<PackedPoints> {
  const families = createTable<PushedFamily>();
  const lines = createTable<readonly Line[]>();
  const stored: Stored = {
    points: points.map(({ series, samples }) => [
      [
        series.id,
        families.placeOf(series.family),
        lines.placeOf(series.lines),
        series.labels,
        series.startedAt,
      ],
      samples.map(({ at, values }) => (values ? [at, values.map(storeNumber)] : [at])),
    ]),
    families: families.items,
    lines: lines.items,
  };
  const bytes = await compress(JSON.stringify(stored), { level: 1 });
  return { text: bytes.toString("base64"), samples: countSamples(points), at: newestOf(points) };
}

/** Returns undefined for a text that is not what `packPoints` made. */
export function unpackPoints(text: string): Point[] | undefined {
  try {
    const { families, lines, points } = JSON.parse(
      inflateRawSync(Buffer.from(text, "base64"), { maxOutputLength: MAX_UNPACKED }).toString("utf8"),
    ) as Stored;
    return points.map(([[id, family, shape, labels, startedAt], samples]) => ({
      series: {
        id,
        family: families[family]!,
        lines: lines[shape]!,
        labels,
        startedAt,
      } satisfies PushedSeries,
      samples: samples.map(([at, values]) => ({ at, values: values?.map(Number) })),
    }));
  } catch {
    return undefined;
  }
}

/** Maximum bytes of one document's JSON: several times that of the largest chunk. */
const MAX_UNPACKED = 67_108_864;

/** JSON has no NaN and no infinity; `Number` reads these texts. */
function storeNumber(value: number): number | string {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : Object.is(value, -0)
      ? "-0"
      : String(value);
}

function newestOf(points: readonly Point[]): number {
  return points.reduce((newest, { samples }) => Math.max(newest, samples.at(-1)?.at ?? 0), 0);
}

interface Table<Item> {
  readonly items: readonly Item[];
  placeOf(item: Item): number;
}

function createTable<Item extends object>(): Table<Item> {
  const places = new Map<Item, number>();
  const items: Item[] = [];
  return {
    items,
    placeOf: (item) => {
      const known = places.get(item);
      if (known !== undefined) return known;
      places.set(item, items.length);
      return items.push(item) - 1;
    },
  };
}
