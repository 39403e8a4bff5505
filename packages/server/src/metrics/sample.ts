import type { Labels } from "./descriptor.ts";

/** One thing to count: whatever is counted, from a page or from server code, takes this form. */
export interface Sample {
  /** The family: a descriptor's name. */
  readonly metric: string;
  readonly labels: Labels;
  /**
   * What a counter goes up by, what a gauge is set to, or what a histogram observes; in the unit of the
   * descriptor, money as an integer of minor units. Finite; not negative for a counter.
   */
  readonly value: number;
  /**
   * How often, a whole number: a counter goes up by `value × times`, a histogram observes `value` so often.
   * Default 1.
   */
  readonly times?: number;
  /** The trace in which it happened, where there is one. Shown in OpenMetrics, kept by nothing else. */
  readonly exemplar?: Exemplar;
}

/** A trace of W3C Trace Context, by which a dashboard leads from a figure to a request. */
export interface Exemplar {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
}

/** The one call that counts. Registry and live windows are fed by nothing else. */
export type RecordSample = (sample: Sample) => void;
