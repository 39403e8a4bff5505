import { setImmediate as nextTurn } from "node:timers/promises";

/** Milliseconds that all renderings together may take in one turn of the event loop. */
const SLICE_MS = 2;

/** Splits long work into slices, so that it does not block the event loop. */
export interface Pace {
  /** Yields the items on demand, and pauses for a turn of the event loop whenever a slice is used up. */
  spread<Item>(items: Iterable<Item>): AsyncGenerator<Item, void>;
}

/**
 * Creates one pace for all scrapes. Scrapes use different turns of the event loop, so eight scrapes at once take eight
 * times as long as one, but block the loop no longer at a time.
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
