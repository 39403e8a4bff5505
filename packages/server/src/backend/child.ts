import type { Labels } from "../metrics/descriptor.ts";
import type { Recorder } from "../metrics/recorder.ts";

/** A series that is found once and counted often. */
export interface Child {
  readonly add: (value: number) => void;
}

/** Finds a series to keep. Throws a TypeError for a family that is not described. */
export type ChildOf = (metric: string, labels: Labels) => Child;

export function createChildOf({ resolve, count }: Pick<Recorder, "resolve" | "count">): ChildOf {
  return (metric, labels) => {
    const { series } = resolve({ metric, labels, value: 0 });
    return { add: (value) => count({ series, value, times: 1 }) };
  };
}
