/** Share of a core that flushing may take. */
const CPU_SHARE = 0.02;

/** Milliseconds between frames at 30 and at 4 frames a second: the bounds of the rate. */
const SHORTEST_MS = 1000 / 30;
const LONGEST_MS = 1000 / 4;

/**
 * Milliseconds that it takes to write a frame to one viewer, after the flush: 1,000 viewers of shared bytes at 4 frames a
 * second took 6 % of a core.
 */
const WRITE_MS = 0.015;

/** The weight of the latest flush in the mean: after five flushes, two thirds of a change have arrived. */
const WEIGHT = 0.2;

/**
 * The time between frames. It decides the latency, not the transport: at 10 frames a second an event waits 50 ms on
 * average, at one frame 500 ms.
 */
export interface FrameRate {
  /** Milliseconds between two frames of each subscription. */
  readonly intervalMs: number;
  /** Opens a subscription: returns a function that flushes it and measures the time, and one that ends it. */
  open(): FlushMeter;
}

interface FlushMeter {
  /** Runs a flush, which returns the number of viewers that got the frame. */
  measure(flush: () => number): void;
  close(): void;
}

/** @param clock Milliseconds of CPU time, or of elapsed time. */
export function createFrameRate(clock: () => number): FrameRate {
  /** The mean cost of a flush in milliseconds, of each open subscription. */
  const costs = new Map<object, number>();
  return {
    get intervalMs() {
      let cost = 0;
      for (const mean of costs.values()) cost += mean;
      return Math.min(Math.max(cost / CPU_SHARE, SHORTEST_MS), LONGEST_MS);
    },
    open: () => {
      const key = {};
      return {
        measure: (flush) => {
          const start = clock();
          const viewers = flush();
          const cost = clock() - start + viewers * WRITE_MS;
          const mean = costs.get(key) ?? cost;
          costs.set(key, mean + WEIGHT * (cost - mean));
        },
        close: () => void costs.delete(key),
      };
    },
  };
}
