/** Requests that wait for a model, and those that are answered. */
export interface Queue {
  /**
   * Resolves with a function that frees the place again, or with `left` if the signal aborts before. Returns `full` if too
   * many wait already.
   */
  enter(signal: AbortSignal): Promise<(() => void) | "left"> | "full";
  /** Requests that wait. */
  readonly waiting: number;
  /** Requests that are answered. */
  readonly running: number;
}

export interface QueueLimits {
  /** Requests that are answered at a time. */
  readonly slots: number;
  /** Requests that may wait. */
  readonly places: number;
}

/** Creates a queue: first come, first served. */
export function createQueue({ slots, places }: QueueLimits): Queue {
  let running = 0;
  const waiting = new Set<() => void>();

  const next = (): void => {
    const [first] = waiting;
    if (!first || running >= slots) return;
    waiting.delete(first);
    first();
  };
  /** Takes a place. The function that frees it does so once. */
  const take = (): (() => void) => {
    running += 1;
    let isFree = false;
    return () => {
      if (isFree) return;
      isFree = true;
      running -= 1;
      next();
    };
  };

  return {
    get waiting() {
      return waiting.size;
    },
    get running() {
      return running;
    },
    enter: (signal) => {
      if (signal.aborted) return Promise.resolve("left");
      if (running < slots) return Promise.resolve(take());
      if (waiting.size >= places) return "full";
      return new Promise((resolve) => {
        const leave = (): void => {
          waiting.delete(start);
          resolve("left");
        };
        const start = (): void => {
          signal.removeEventListener("abort", leave);
          resolve(take());
        };
        waiting.add(start);
        signal.addEventListener("abort", leave, { once: true });
      });
    },
  };
}
