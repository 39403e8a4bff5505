import type { Sample } from "../metrics/sample.ts";
import { POSITION, REWOUND } from "./describeAggregateMetrics.ts";

/**
 * The position of a partition: the last sequence whose message is counted. It is a counter of the journal, so it moves in
 * the same transaction as the counts.
 *
 * The journal never has a count of a message after its position, so that another aggregator can continue there. A duplicate
 * adds nothing to the journal: the step over it is part of the next entry.
 */
export interface Position {
  /** The position that the journal has kept. */
  readonly kept: number;
  /** The last sequence that was handed over. */
  readonly read: number;
  /** True if an entry must move the position over messages that added nothing. */
  readonly hasPassed: boolean;
  /** Begins the entry of a message, or of a jump to a sequence. Call `settle` with its step. */
  step(sequence: number): Step;
  /** Passes a message without an entry: its step is part of the next one. */
  pass(sequence: number): void;
  /** Ends an entry: the journal has kept it, or not. */
  settle(step: Step, isKept: boolean): void;
  /** Goes back to what is kept, after all entries are settled. */
  reset(): void;
}

/** The part of a position that one entry moves. */
export interface Step {
  /** Sequences; negative for a jump backwards. */
  readonly by: number;
  /** The sample that moves it, to count with the entry. */
  readonly sample: Sample;
}

/** @param kept The position that the journal has now. */
export function createPosition(partition: number, kept: number): Position {
  const labels = { partition: String(partition) };
  let read = kept;
  let waiting = 0;
  return {
    get kept() {
      return kept;
    },
    get read() {
      return read;
    },
    get hasPassed() {
      return read > kept + waiting;
    },
    step: (sequence) => {
      const by = sequence - kept - waiting;
      read = sequence;
      waiting += by;
      const sample =
        by < 0 ? { metric: REWOUND, labels, value: -by } : { metric: POSITION, labels, value: by };
      return { by, sample };
    },
    pass: (sequence) => {
      read = sequence;
    },
    settle: ({ by }, isKept) => {
      waiting -= by;
      if (isKept) kept += by;
    },
    reset: () => {
      read = kept;
    },
  };
}
