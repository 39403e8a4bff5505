import type { LiveEvent } from "@rumkit/protocol";

/** Events that a new viewer gets, and that a frame carries at most. */
const LENGTH = 50;

/** The last events, for eyes. */
export interface Tail {
  push(event: LiveEvent): void;
  /** The last events, oldest first. */
  recent(): LiveEvent[];
  /** The events since the last call, the newest where there are too many. */
  takeNew(): LiveEvent[];
}

export function createTail(): Tail {
  let recent: LiveEvent[] = [];
  let fresh: LiveEvent[] = [];
  const last = (events: LiveEvent[]): LiveEvent[] =>
    events.length > 2 * LENGTH ? events.slice(-LENGTH) : events;
  return {
    push: (event) => {
      recent.push(event);
      fresh.push(event);
      recent = last(recent);
      fresh = last(fresh);
    },
    recent: () => recent.slice(-LENGTH),
    takeNew: () => {
      const taken = fresh.slice(-LENGTH);
      fresh = [];
      return taken;
    },
  };
}
