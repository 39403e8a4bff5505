/** The share of a core that updates may take: after one that took 10 ms, the next one comes 90 ms later. */
const SHARE = 0.1;

/** Milliseconds between two updates at most, whatever they cost. */
const MOST_REST_MS = 1_000;

/** Calls a function when something is due, and less often if that costs much. It keeps no process alive. */
export interface DueTimer {
  /** Sets the time of the next call: milliseconds of the clock; `Infinity` for none. */
  wakeAt(time: number): void;
  /** A call has taken so many milliseconds. */
  rest(took: number): void;
  stop(): void;
}

/** @param now The clock, in milliseconds. */
export function createDueTimer(now: () => number, onDue: () => void): DueTimer {
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Number.POSITIVE_INFINITY;
  let restsUntil = 0;
  const stop = (): void => {
    clearTimeout(timer);
    timer = undefined;
    dueAt = Number.POSITIVE_INFINITY;
  };
  return {
    wakeAt: (time) => {
      if (time === dueAt) return;
      stop();
      if (time === Number.POSITIVE_INFINITY) return;
      dueAt = time;
      timer = setTimeout(
        () => {
          stop();
          onDue();
        },
        Math.max(0, Math.max(time, restsUntil) - now()),
      );
      timer.unref();
    },
    rest: (took) => {
      restsUntil = now() + Math.min(MOST_REST_MS, took / SHARE - took);
    },
    stop,
  };
}
