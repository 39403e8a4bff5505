import type { LiveGap, LiveRelease } from "./liveBoard.ts";

/** Answer of `GET /realtime/history`: figures over time, in steps of a minute or more. */
export interface LiveHistory {
  /** Start of the first step, in Unix seconds. */
  from: number;
  /** End of the last step, in Unix seconds. */
  to: number;
  /** Seconds of a step. */
  step: number;
  /** `collector`: the minutes that the collector keeps. `prometheus`: asked from Prometheus. */
  source: "collector" | "prometheus";
  /** The requested figures, in the order of the request. */
  figures: {
    name: string;
    /** One value for each step, in the figure's unit; a count or a sum is of the whole step. Null: not counted. */
    values: (number | null)[];
  }[];
  /** Releases that were first seen in this time. */
  releases: LiveRelease[];
  /** Times in which the collector did not run. */
  gaps: LiveGap[];
  /** Why Prometheus did not answer. The values are the collector's then, as far as it has them. */
  fault?: { code: "prometheus_unreachable" | "prometheus_refused" | "prometheus_too_large"; message: string };
}
