/** Milliseconds between two looks at what is open. */
const LOOK_MS = 500;

/** One deadline for everything of a kind. */
export interface Deadlines {
  /**
   * Calls `onLate` once the time is over, or `endAll` is called, which it is told; unless the function that it returns
   * is called before.
   */
  watch(onLate: (isEnded: boolean) => void): () => void;
  /** Everything that is open is late now. */
  endAll(): void;
}

/**
 * Deadlines of `limitMs` after each `watch`, up to half a second late: one timer for all of them, since nearly
 * none is ever late, and a timer of its own would cost each request as much as reading its headers.
 */
export function createDeadlines(limitMs: number): Deadlines {
  /** In the order in which they began. */
  const open = new Set<{ readonly until: number; readonly onLate: (isEnded: boolean) => void }>();
  let timer: NodeJS.Timeout | undefined;

  const look = (): void => {
    const now = performance.now();
    for (const watched of open) {
      if (watched.until > now) break;
      open.delete(watched);
      watched.onLate(false);
    }
    if (open.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  return {
    endAll: () => {
      const late = [...open];
      open.clear();
      for (const { onLate } of late) onLate(true);
    },
    watch: (onLate) => {
      const watched = { until: performance.now() + limitMs, onLate };
      open.add(watched);
      timer ??= setInterval(look, LOOK_MS).unref();
      return () => void open.delete(watched);
    },
  };
}
