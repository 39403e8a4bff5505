import { type Column, weightName } from "./column.ts";
import type { Minutes } from "./minutes.ts";

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
function readerOf(minutes: Minutes, { name, merge, ratioOf }: Column): (from: number, to: number) => number {
  switch (merge) {
    case "sum":
      return (from, to) => minutes.sum(name, { from, to });
    case "ratio":
      return (from, to) => {
        const [part, whole] = (ratioOf ?? ["", ""]).map((sum) => minutes.sum(sum, { from, to }));
        return whole ? (part ?? 0) / whole : Number.NaN;
      };
    case "mean":
      return (from, to) => mean(minutes, name, from, to, (minute) => minutes.at(weightName(name), minute));
    case "last":
      return (from, to) => mean(minutes, name, from, to, () => 1);
  }
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
