import { setImmediate as nextTick } from "node:timers/promises";

/** Milliseconds between two slices while no caller waits for the work. */
const ROUND_MS = 100;

/** Milliseconds of one slice. A request that arrives during a slice waits at most this long. */
const SLICE_MS = 3;

/** A queue of work that can be done later. */
export interface Backlog {
  /** Adds work. Each step of `steps` does a small part of it. */
  add(steps: Iterator<unknown>): void;
  /** Resolves when everything that was added before is done. */
  finish(): Promise<void>;
}

/**
 * Does work in slices of time, so that it never blocks the event loop: 3 ms in every 100, and a slice in every tick of
 * the loop while a caller waits for it. A step is not divided.
 *
 * @param now The clock, in milliseconds. Default `performance.now`.
 */
export function createBacklog(now: () => number = () => performance.now()): Backlog {
  const queue: Iterator<unknown>[] = [];
  let added = 0;
  let done = 0;
  let timer: NodeJS.Timeout | undefined;
  let slice: Promise<void> | undefined;

  const isDone = (upTo: number): boolean => done >= upTo;
  const runSlice = (): void => {
    done += runUntil(now() + SLICE_MS, queue, now);
  };
  const runSoon = (): void => {
    if (timer || queue.length === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      // A slice that a caller waits for comes in the next tick.
      if (!slice) runSlice();
      runSoon();
    }, ROUND_MS);
    timer.unref();
  };
  // One slice per tick, however many callers wait.
  const runSliceInNextTick = async (): Promise<void> => {
    await nextTick();
    slice = undefined;
    runSlice();
  };
  return {
    add: (steps) => {
      queue.push(steps);
      added += 1;
      runSoon();
    },
    finish: async () => {
      const mine = added;
      while (!isDone(mine)) await (slice ??= runSliceInNextTick());
    },
  };
}

/** Runs steps until the time `end`, and at least one. Returns the number of queue entries that are done, and removed. */
function runUntil(end: number, queue: Iterator<unknown>[], now: () => number): number {
  let done = 0;
  for (let [first] = queue; first; [first] = queue) {
    if (first.next().done) {
      queue.shift();
      done += 1;
    }
    if (now() >= end) break;
  }
  return done;
}
