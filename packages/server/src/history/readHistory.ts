import { type Bin, mergeBins } from "../sketches/packedSketches.ts";
import { halvedBinOf, quantileOfHalved } from "../sketches/quantileSketch.ts";
import { type Column, weightName } from "./column.ts";
import type { Minutes } from "./minutes.ts";
import type { TimedSketch } from "./minuteSketches.ts";

/** The steps of a history, in Unix seconds. */
export interface Steps {
  readonly from: number;
  readonly to: number;
  /** A multiple of 60. */
  readonly step: number;
}

/** Returns the value of a column in each step. */
export function readColumn(minutes: Minutes, column: Column, { from, to, step }: Steps): (number | null)[] {
  const read = readerOf(minutes, column);
  const values: (number | null)[] = [];
  for (let at = from; at < to; at += step) {
    const value = read(at / 60, (at + step) / 60);
    values.push(Number.isNaN(value) ? null : value);
  }
  return values;
}

/** Returns a function that returns the value over a range of minutes, the last one excluded; NaN without any. */
function readerOf(minutes: Minutes, column: Column): (from: number, to: number) => number {
  const { name, merge, ratioOf } = column;
  switch (merge) {
    case "sum":
      return (from, to) => minutes.sum(name, { from, to });
    case "ratio":
      return (from, to) => {
        const [part, whole] = (ratioOf ?? ["", ""]).map((sum) => minutes.sum(sum, { from, to }));
        return whole ? (part ?? 0) / whole : Number.NaN;
      };
    case "mean":
      return (from, to) =>
        quantileOver(minutes, column, from, to) ??
        mean(minutes, name, from, to, (minute) => minutes.at(weightName(name), minute));
    case "last":
      return (from, to) => mean(minutes, name, from, to, () => 1);
  }
}

/**
 * Returns the quantile of all observations of several minutes, within 2 %. Minutes without a sketch (of an earlier version,
 * or of a slot that is only in part within the range) count with their quantile, once for each observation. Undefined if no
 * minute has a sketch, and for one minute, whose own value is finer.
 */
function quantileOver(
  minutes: Minutes,
  { name, distribution }: Column,
  from: number,
  to: number,
): number | undefined {
  if (!distribution || to - from < 2) return undefined;
  const { q, scale } = distribution;
  const sketches = sketchesWithin(minutes, name, from, to);
  if (sketches.length === 0) return undefined;
  const ownOf = (minute: number): Bin[] => {
    const value = minutes.at(name, minute);
    const weight = minutes.at(weightName(name), minute);
    return Number.isNaN(value) ? [] : [[halvedBinOf(value / scale), weight || 1]];
  };
  const rest: Bin[][] = [];
  let next = from;
  for (const sketch of [...sketches, { from: to, to }]) {
    for (; next < sketch.from; next += 1) rest.push(ownOf(next));
    next = sketch.to;
  }
  const value = quantileOfHalved(mergeBins([...sketches.map(({ bins }) => bins), ...rest]), q);
  return value === null ? Number.NaN : value * scale;
}

function sketchesWithin(minutes: Minutes, name: string, from: number, to: number): TimedSketch[] {
  const found: TimedSketch[] = [];
  for (let hour = Math.floor(from / 60); hour * 60 < to; hour += 1)
    found.push(
      ...(minutes.sketchesOf(name, hour) ?? []).filter((each) => each.from >= from && each.to <= to),
    );
  return found;
}

/** Returns the mean of some minutes, weighted. */
function mean(
  minutes: Minutes,
  name: string,
  from: number,
  to: number,
  weightOf: (minute: number) => number,
): number {
  let sum = 0;
  let weights = 0;
  for (let minute = from; minute < to; minute += 1) {
    const value = minutes.at(name, minute);
    if (Number.isNaN(value)) continue;
    const weight = weightOf(minute) || 1;
    sum += value * weight;
    weights += weight;
  }
  return weights === 0 ? Number.NaN : sum / weights;
}
