import type { ShownEvents } from "../base/shownEvents.ts";
import type { OnVital } from "../collect/collectOptions.ts";

/** Receives what people read of counted batches, apart from metrics. */
export interface Seen {
  /** Receives events that were counted together, at a time in milliseconds since 1970. */
  readonly events: (events: ShownEvents, at: number) => void;
  /** Receives occurrences of page errors that are counted, and not described. */
  readonly skippedErrors: (times: number) => void;
  /** Receives a vital, with the device of its session. */
  readonly vital: OnVital;
  /** Receives the release that a batch names. */
  readonly release: (release: string) => void;
}

/** Passes on what it receives, and shows it to a listener as well. */
export interface SeenTap extends Seen {
  readonly listen: (listener: Seen) => void;
}

export function createSeenTap(seen: Seen): SeenTap {
  let listener: Seen | undefined;
  return {
    events: (events, at) => {
      seen.events(events, at);
      listener?.events(events, at);
    },
    skippedErrors: seen.skippedErrors,
    vital: (device, metric, value, times) => {
      seen.vital(device, metric, value, times);
      listener?.vital(device, metric, value, times);
    },
    release: (release) => {
      seen.release(release);
      listener?.release(release);
    },
    listen: (added) => {
      listener = added;
    },
  };
}
