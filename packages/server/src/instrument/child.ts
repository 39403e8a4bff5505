import type { Labels } from "../metrics/descriptor.ts";
import type { Exemplar } from "../metrics/sample.ts";
import type { Recorder } from "../metrics/recorder.ts";

/** A series that is looked up once and counted often. */
export interface Child {
  readonly add: (value: number, exemplar?: Exemplar) => void;
}

/** Looks up a series for repeated use. Throws a TypeError for a family that is not described. */
export type ChildOf = (metric: string, labels: Labels) => Child;

export function createChildOf({ child }: Pick<Recorder, "child">): ChildOf {
  return (metric, labels) => {
    const kept = child(metric, labels);
    return { add: (value, exemplar) => kept.add(value, 1, exemplar) };
  };
}
