import type { Count } from "../journal/count.ts";
import type { Journal } from "../journal/journal.ts";
import type { MessageOutcome } from "./describeAggregateMetrics.ts";
import type { Position, Step } from "./position.ts";

type Counting = MessageOutcome | Promise<MessageOutcome>;

/** The entries of a partition that the journal has not decided about. */
export interface Entries {
  /** Aborts with the first failure of the journal since `recover`. */
  readonly failing: AbortSignal;
  /** Returns a `count` that adds the step of the message that runs. */
  keep(count: Count): Count;
  /**
   * Runs the function that counts the message with a sequence. Throws its error if it throws at once: nothing is counted
   * then. `note` gets the outcome.
   */
  run(sequence: number, count: () => Counting, note?: (outcome: MessageOutcome) => void): void;
  /** Resolves when fewer than so many entries wait, and when the journal fails. Undefined if that is so now. */
  room(most: number): Promise<void> | undefined;
  /** Resolves when the journal has decided about all entries. The position is the kept one then. */
  recover(): Promise<void>;
}

/** @param knows Returns true for an entry of which the journal would add nothing: it moves no position. */
export function createEntries(position: Position, knows: NonNullable<Journal["knows"]>): Entries {
  const waiting = createWaiting();
  const deciding = { position, waiting };
  let sequence = 0;
  let step: Step | undefined;

  return {
    get failing() {
      return waiting.failing;
    },
    keep: (count) => (entry) => {
      if (knows(entry)) return count(entry);
      step = position.step(sequence);
      return count({ ...entry, samples: [...entry.samples, step.sample] });
    },
    run: (of, count, note) => {
      sequence = of;
      step = undefined;
      let outcome;
      try {
        outcome = count();
      } catch (error) {
        if (step) position.settle(step, false);
        throw error;
      }
      if (!step) position.pass(of);
      waiting.begin();
      void settle(deciding, outcome, step, note);
    },
    room: waiting.room,
    recover: async () => {
      await waiting.recover();
      position.reset();
    },
  };
}

interface Deciding {
  readonly position: Position;
  readonly waiting: ReturnType<typeof createWaiting>;
}

/** Waits for the journal's decision about an entry, and moves the position by its step if it has one. */
async function settle(
  { position, waiting }: Deciding,
  counting: Counting,
  step: Step | undefined,
  note?: (outcome: MessageOutcome) => void,
): Promise<void> {
  let outcome: MessageOutcome | undefined;
  try {
    outcome = await counting;
  } catch (error) {
    waiting.fail(error);
  }
  if (step) position.settle(step, outcome === "counted");
  waiting.end();
  if (outcome !== undefined) note?.(outcome);
}

/** The number of entries that wait, and whether one of them failed. */
function createWaiting() {
  let count = 0;
  let failing = new AbortController();
  let wake = (): void => {};
  const until = async (isDone: () => boolean): Promise<void> => {
    while (!isDone())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  return {
    get failing() {
      return failing.signal;
    },
    begin: (): void => {
      count += 1;
    },
    fail: (error: unknown): void => failing.abort(error),
    end: (): void => {
      count -= 1;
      wake();
    },
    room: (most: number): Promise<void> | undefined => {
      const hasRoom = (): boolean => count < most || failing.signal.aborted;
      return hasRoom() ? undefined : until(hasRoom);
    },
    recover: async (): Promise<void> => {
      await until(() => count === 0);
      failing = new AbortController();
    },
  };
}
