import type { LiveFigure, LivePoint } from "@rumkit/protocol";
import type { Series } from "./series.ts";

/** Most points of a chart: about one for each eight pixels of a wide one, so that a line stays a line. */
const MAX_BUCKETS = 120;

/** Lengths of a bucket in seconds. Each divides a minute or is a whole number of them, so marks of the axis fall on edges. */
const LENGTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800];

/** Returns the shortest length of a bucket with which a span has at most as many points, in seconds. */
export function bucketLength(spanSeconds: number, most = MAX_BUCKETS): number {
  return LENGTHS.find((length) => spanSeconds / length <= most) ?? 3_600;
}

/** A time axis in Unix seconds. `to` is the end of the last bucket. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  readonly bucketSeconds: number;
}

/**
 * Returns the axis of the last `spanSeconds`, up to the last complete bucket: one that has just begun looks like a fall.
 * `most`: points at most, default 120.
 */
export function axisOf(points: readonly LivePoint[], spanSeconds: number, most?: number): Axis {
  const bucketSeconds = bucketLength(spanSeconds, most);
  // The last point is the second that has not ended.
  const newest = points.at(-1)?.second ?? 0;
  const to = Math.floor(newest / bucketSeconds) * bucketSeconds;
  return { from: to - spanSeconds, to, bucketSeconds };
}

/** Returns the axis of the last complete seconds as one bucket. */
export function wholeAxis(points: readonly LivePoint[], spanSeconds: number): Axis {
  const to = points.at(-1)?.second ?? 0;
  return { from: to - spanSeconds, to, bucketSeconds: spanSeconds };
}

/** Merges the seconds of each bucket into what happened in it. A bucket without any second has no value. */
export function bucketSeries(
  points: readonly LivePoint[],
  figures: readonly LiveFigure[],
  figure: LiveFigure,
  axis: Axis,
): Series {
  const buckets = new Map<number, LivePoint[]>();
  for (const point of points) {
    if (point.second < axis.from || point.second >= axis.to) continue;
    const start =
      axis.from + Math.floor((point.second - axis.from) / axis.bucketSeconds) * axis.bucketSeconds;
    const known = buckets.get(start);
    if (known) known.push(point);
    else buckets.set(start, [point]);
  }
  const read = readerOf(figures, figure);
  const seconds: number[] = [];
  const values: (number | null)[] = [];
  for (let start = axis.from; start < axis.to; start += axis.bucketSeconds) {
    seconds.push(start);
    values.push(read(buckets.get(start) ?? []));
  }
  return { from: axis.from, to: axis.to, seconds, values };
}

/** Returns the seconds to which the sums of a figure are scaled when they are drawn; undefined if they are not. */
export function rateSeconds({ unit, per, merge }: LiveFigure): number | undefined {
  if (merge !== "sum") return undefined;
  if (unit === "per_second") return 1;
  return unit === "per_minute" || per === "minute" ? 60 : undefined;
}

type Read = (points: readonly LivePoint[]) => number | null;

function readerOf(figures: readonly LiveFigure[], figure: LiveFigure): Read {
  const columnOf = (name: string): number => figures.findIndex((candidate) => candidate.name === name);
  const column = columnOf(figure.name);
  const mean: Read = (points) => {
    const values = valuesOf(points, column);
    const total = sum(values);
    return total === null ? null : total / values.length;
  };
  // A rate is drawn per second or minute, whatever the length of a bucket.
  const scaledTo = rateSeconds(figure);
  if (scaledTo !== undefined)
    return (points) => {
      const value = mean(points);
      return value === null ? null : value * scaledTo;
    };
  switch (figure.merge) {
    case "sum":
      return (points) => sum(valuesOf(points, column));
    case "last":
      return (points) => valuesOf(points, column).at(-1) ?? null;
    case "mean":
      return mean;
    case "ratio": {
      const [part = -1, whole = -1] = (figure.ratioOf ?? []).map(columnOf);
      return (points) => {
        const divisor = sum(valuesOf(points, whole));
        return divisor ? (sum(valuesOf(points, part)) ?? 0) / divisor : null;
      };
    }
  }
}

function valuesOf(points: readonly LivePoint[], column: number): number[] {
  return points.flatMap(({ values }) => values[column] ?? []);
}

function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
}
