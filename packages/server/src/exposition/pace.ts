import { setImmediate as nextTurn } from "node:timers/promises";

/** Milliseconds that rendering may take of one turn of the event loop, all scrapes together. */
const SLICE_MS = 2;

/** Takes turns for work that would otherwise hold up the event loop. */
export interface Pace {
  /** Yields the items as they are asked for, and lets the event loop turn whenever a slice is used up. */
  spread<Item>(items: Iterable<Item>): AsyncGenerator<Item, void>;
}

/**
 * One pace for all scrapes: each waits for a turn of its own, so that eight scrapes at once are as long as
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
