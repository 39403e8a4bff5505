/** Tracks unfinished work, so that a caller can wait for it. */
export interface PendingWork {
  /** Remembers a promise until it settles, and returns it. */
  add<T>(promise: Promise<T>): Promise<T>;
  /** Resolves when every promise that was added is settled. */
  settled(): Promise<unknown>;
}

export function createPendingWork(): PendingWork {
  // A counter is enough to wait for the end, and is faster than a set of promises.
  let unsettled = 0;
  let waiting: (() => void)[] = [];
  const onSettled = (): void => {
    unsettled -= 1;
    if (unsettled > 0) return;
    for (const resume of waiting) resume();
    waiting = [];
  };
  return {
    add: (promise) => {
      unsettled += 1;
      promise.then(onSettled, onSettled);
      return promise;
    },
    settled: () =>
      unsettled === 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
  };
}
