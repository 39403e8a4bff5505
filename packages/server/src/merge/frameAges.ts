import type { RecordSample } from "../metrics/sample.ts";
import { MAX_AGGREGATORS } from "./describeFrameMetrics.ts";
import type { MergeFrame } from "./frame.ts";

/** Milliseconds without a frame after which an aggregator that did not say its end is forgotten. */
const FORGOTTEN_MS = 3_600_000;

/** The age of the newest frame of each aggregator. */
export interface FrameAges {
  readonly see: (frame: MergeFrame) => void;
  /** Records the age of each. */
  readonly show: () => void;
}

/** @param now Milliseconds since 1970. */
export function createFrameAges(record: RecordSample, now: () => number): FrameAges {
  const newest = new Map<string, number>();
  const set = (aggregator: string, value: number): void =>
    record({ metric: "rum_frames_age_seconds", labels: { aggregator }, value });
  const forget = (name: string): void => {
    if (newest.delete(name)) set(name, Number.NaN);
  };
  return {
    see: ({ name, at, isLast = false }) => {
      if (isLast) forget(name);
      else if (newest.has(name) || newest.size < MAX_AGGREGATORS) newest.set(name, at);
    },
    show: () => {
      for (const [name, at] of newest) {
        const age = Math.max(now() - at, 0);
        if (age < FORGOTTEN_MS) set(name, age / 1_000);
        else forget(name);
      }
    },
  };
}
