import type { ChildOf } from "./child.ts";
import type { ReadAtScrape } from "./gaugeReaders.ts";

/** The depth of a queue. */
interface QueueDepth {
  /** Shows a depth that was counted elsewhere, until the next one. */
  readonly set: (depth: number) => void;
  /** Ends reading: the last depth stays. */
  readonly stop: () => void;
}

/**
 * Shows the number of waiting items of a queue, in `queue_depth{queue}`. `read` is called at each scrape; while it
 * throws or does not return a number, the queue has no depth.
 */
export type TrackQueue = (name: string, read?: () => number) => QueueDepth;

export function createTrackQueue(childOf: ChildOf, readAtScrape: ReadAtScrape): TrackQueue {
  return (name, read) => {
    const child = childOf("queue_depth", { queue: name });
    const set = (depth: number): void => {
      if (Number.isFinite(depth)) child.add(depth);
    };
    if (!read) return { set, stop: () => {} };
    const reader = { metric: "queue_depth", name, gauges: [child], read: () => [read()] };
    return { set, stop: readAtScrape(reader) };
  };
}
