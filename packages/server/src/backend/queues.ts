import type { ChildOf } from "./child.ts";

/** The depth of a queue. */
interface QueueDepth {
  /** Shows a depth that was counted elsewhere, until the next one. */
  readonly set: (depth: number) => void;
  /** Ends reading: the last depth stays. */
  readonly stop: () => void;
}

/**
 * Shows how much waits in a queue, in `queue_depth{queue}`. `read` is called at each scrape; one that throws
 * or gives no number leaves the depth as it was.
 */
export type TrackQueue = (name: string, read?: () => number) => QueueDepth;

/** `readAtScrape` returns what undoes it. */
export function createTrackQueue(
  childOf: ChildOf,
  readAtScrape: (read: () => void) => () => void,
): TrackQueue {
  return (name, read) => {
    const child = childOf("queue_depth", { queue: name });
    const set = (depth: number): void => {
      if (Number.isFinite(depth)) child.add(depth);
    };
    return { set, stop: read ? readAtScrape(() => set(read())) : () => {} };
  };
}
