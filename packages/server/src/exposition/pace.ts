import { setImmediate as nextTurn } from "node:timers/promises";

/** Milliseconds that rendering may take of one turn of the event loop, all scrapes together. */
const SLICE_MS = 2;

/** Splits long work into slices, so that it does not block the event loop. */
export interface Pace {
  /** Yields the items on demand, and lets the event loop turn whenever a slice is used up. */
  spread<Item>(items: Iterable<Item>): AsyncGenerator<Item, void>;
}

/**
 * Creates one pace for all scrapes. Each waits for a separate turn, so that eight scrapes at once take as long as
 * eight scrapes, and no slice is longer than that of one.
 */
export function createPace(): Pace {
  let lastTurn: Promise<void> = Promise.resolve();
  const waitForTurn = (): Promise<void> => {
    lastTurn = lastTurn.then(() => nextTurn());
    return lastTurn;
  };

  return {
    spread: async function* spread(items) {
      const iterator = items[Symbol.iterator]();
      for (;;) {
        await waitForTurn();
        const end = performance.now() + SLICE_MS;
        do {
          const step = iterator.next();
          if (step.done) return;
          yield step.value;
        } while (performance.now() < end);
      }
    },
  };
}
