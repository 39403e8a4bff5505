/** Milliseconds between two checks of everything that is open. */
const LOOK_MS = 500;

/** One deadline for all items of a kind. */
export interface Deadlines {
  /**
   * Calls `onLate` once the time is over, or when `endAll` is called (`isEnded` is true then). The function that it
   * returns cancels this.
   */
  watch(onLate: (isEnded: boolean) => void): () => void;
  /** Treats everything that is open as late now. */
  endAll(): void;
}

/**
 * Creates deadlines of `limitMs` after each `watch`, up to half a second late. One timer serves all of them: nearly
 * none is ever late, and a separate timer would cost each request as much as reading its headers.
 */
export function createDeadlines(limitMs: number): Deadlines {
  /** In the order in which they started. */
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
