import { setImmediate as nextTurn } from "node:timers/promises";

/** Milliseconds between two slices of work that is not waited for. */
const ROUND_MS = 100;

/** Milliseconds of one slice. So much later a request is read that comes meanwhile. */
const SLICE_MS = 3;

/** Work that can be done later. */
export interface Backlog {
  /** Adds work. `steps` does a little of it each time it is asked for the next step. */
  add(steps: Iterator<unknown>): void;
  /** Resolves when everything that was added before is done. */
  finish(): Promise<void>;
}

/**
 * Does work a slice of time at a time, so that the event loop never stands still for it: 3 ms in every 100, and a
 * slice in every turn of the loop once somebody waits for it. A step is not divided.
 *
 * @param now The clock, in milliseconds. Default `performance.now`.
 */
export function createBacklog(now: () => number = () => performance.now()): Backlog {
  const queue: Iterator<unknown>[] = [];
  let added = 0;
  let done = 0;
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> | undefined;

  const isDone = (upTo: number): boolean => done >= upTo;
  const runSlice = (): void => {
    const end = now() + SLICE_MS;
    for (let [first] = queue; first; [first] = queue) {
      if (first.next().done) {
        queue.shift();
        done += 1;
      }
      if (now() >= end) return;
    }
  };
  const runSoon = (): void => {
    if (timer || queue.length === 0) return;
    timer = setTimeout(() => {
      timer = undefined;
      runSlice();
      runSoon();
    }, ROUND_MS);
    timer.unref();
  };
  // One slice a turn, whatever number of callers waits.
  const takeTurn = async (): Promise<void> => {
    await nextTurn();
    turn = undefined;
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
      while (!isDone(mine)) await (turn ??= takeTurn());
    },
  };
}
