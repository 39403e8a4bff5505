import type { Vector } from "./selector.ts";

/** Arithmetic on numbers by group, as PromQL does it: a group that one side lacks is left out. */
export function combine(a: Vector, b: Vector, of: (a: number, b: number) => number): Vector {
  const values = new Map<string, number>();
  for (const [group, value] of a) {
    const other = b.get(group);
    if (other !== undefined) values.set(group, of(value, other));
  }
  return values;
}

export const times = (a: Vector, b: Vector): Vector => combine(a, b, (x, y) => x * y);
export const minus = (a: Vector, b: Vector): Vector => combine(a, b, (x, y) => x - y);

/** Divides. Groups with nothing to divide by are left out. */
export function divide(part: Vector, all: Vector): Vector {
  return combine(part, withEvents(all), (x, y) => x / y);
}

/** Divides; a part that has no series yet is 0 where `isSparse`. */
export function ratio(part: Vector, all: Vector, isSparse: boolean): Vector {
  return divide(isSparse ? orZero(part, all.keys()) : part, all);
}

export function complement(share: Vector): Vector {
  return new Map([...share].map(([group, value]) => [group, 1 - value]));
}

export function scale(vector: Vector, factor: number): Vector {
  return new Map([...vector].map(([group, value]) => [group, value * factor]));
}

/** Returns the numbers, and 0 for the other groups. */
export function orZero(vector: Vector, groups: Iterable<string>): Vector {
  const values = new Map(vector);
  for (const group of groups) if (!values.has(group)) values.set(group, 0);
  return values;
}

function withEvents(vector: Vector): Vector {
  return new Map([...vector].filter(([, value]) => value > 0));
}
