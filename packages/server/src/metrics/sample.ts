import type { Labels } from "./descriptor.ts";

/** One thing to count, from a page or from server code. */
export interface Sample {
  /** The family: a descriptor's name. */
  readonly metric: string;
  readonly labels: Labels;
  /**
   * The increment of a counter, the value of a gauge, or the observation of a histogram, in the unit of the descriptor;
   * money as an integer of minor units. Finite; not negative for a counter.
   */
  readonly value: number;
  /**
   * The number of occurrences, an integer: a counter goes up by `value × times`, a histogram observes `value` as many
   * times. Default 1.
   */
  readonly times?: number;
  /** The trace in which it happened, if any. Exposed in OpenMetrics and not stored elsewhere. */
  readonly exemplar?: Exemplar;
}

/** A trace of W3C Trace Context, by which a dashboard links a value to a request. */
export interface Exemplar {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
}

/** Counts a sample. The registry and the live windows have no other input. */
export type RecordSample = (sample: Sample) => void;
