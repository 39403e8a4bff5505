/** What has been begun and not finished yet, so that somebody can wait for it. */
export interface PendingWork {
  /** Remembers a promise until it settles, and returns it. */
  add<T>(promise: Promise<T>): Promise<T>;
  /** Resolves when everything that was begun is settled. */
  settled(): Promise<unknown>;
}

export function createPendingWork(): PendingWork {
  const pending = new Set<Promise<unknown>>();
  return {
    add: (promise) => {
      const settled = promise.finally(() => pending.delete(settled));
      pending.add(settled);
      return settled;
    },
    settled: () => Promise.allSettled(pending),
  };
}
