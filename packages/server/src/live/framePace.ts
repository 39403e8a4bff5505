interface FramePaceOptions {
  readonly now: () => number;
  /** Returns the milliseconds between two frames. */
  readonly intervalMs: () => number;
  readonly onDue: () => void;
}

/** Calls `onDue` for a requested frame: at once after a quiet time, else when the interval is over. */
export function createFramePace({ now, intervalMs, onDue }: FramePaceOptions) {
  let lastFrameAt = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    request: (): void => {
      timer ??= setTimeout(onDue, Math.max(0, intervalMs() - (now() - lastFrameAt))).unref();
    },
    /** A frame begins the next interval. */
    start: (): void => {
      lastFrameAt = now();
    },
    stop: (): void => {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
