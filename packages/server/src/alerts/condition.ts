import type { Vector } from "./selector.ts";

/** The value of a group, and whether the condition holds. */
export interface Verdict {
  readonly value: number;
  readonly holds: boolean;
  /** True while an alert that fires goes on: as `holds`, but with the clear threshold. */
  readonly keeps: boolean;
}

/** Verdicts by group. A group without a value is not in it. */
export type Verdicts = ReadonlyMap<string, Verdict>;

/** A condition that can be evaluated. */
export interface Condition {
  /** The labels whose values are the groups. */
  readonly by: readonly string[];
  /** @param at Steady milliseconds. */
  evaluate(at: number): Verdicts;
}

/** The side of a threshold on which a condition holds. */
export interface Limit {
  readonly above?: number | undefined;
  readonly below?: number | undefined;
  /** The threshold that a firing alert must pass to end. Default: the other one. */
  readonly clear?: number | undefined;
}

/**
 * Compares values with a threshold.
 *
 * @param isEnough False for a group that has too few events to say. It then does not hold.
 */
export function compare(
  values: Vector,
  { above, below, clear }: Limit,
  isEnough: (group: string) => boolean = () => true,
): Verdicts {
  const verdicts = new Map<string, Verdict>();
  for (const [group, value] of values) {
    if (Number.isNaN(value)) continue;
    const enough = isEnough(group);
    const beyond = (threshold: number): boolean => isBeyond(value, threshold, above !== undefined);
    const holds = enough && beyond(above ?? below ?? 0);
    verdicts.set(group, {
      value,
      holds,
      keeps: holds || (clear !== undefined && enough && beyond(clear)),
    });
  }
  return verdicts;
}

/** The part of a threshold that is rounding: 1 − 0.9 is a little less than 0.1, and not below it. */
const ROUNDING = 1e-12;

/** True for a value on the far side of a threshold, by more than rounding. */
export function isBeyond(value: number, threshold: number, isAbove: boolean): boolean {
  const more = isAbove ? value - threshold : threshold - value;
  return more > Math.abs(threshold) * ROUNDING;
}

/** True for groups with at least so many events. */
export function atLeast(events: Vector, least: number): (group: string) => boolean {
  return (group) => (events.get(group) ?? -1) >= least * (1 - ROUNDING);
}
