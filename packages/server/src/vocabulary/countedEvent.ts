import type { PageEvent } from "@rumkit/protocol";
import type { Labels } from "../metrics/descriptor.ts";
import type { Sample } from "../metrics/sample.ts";

/** The samples of an accepted event, with the event for the live tail. */
export interface CountedEvent {
  readonly samples: readonly Sample[];
  /** The number of times that it happened. */
  readonly times: number;
  /** A route pattern of the catalog, or `unmatched`. */
  readonly route: string;
  readonly event: PageEvent;
}

/** The route of an event, and the number of times that it happened. */
export interface Occurrence {
  /** A route pattern of the catalog, or `unmatched`. */
  readonly route: string;
  readonly times: number;
}

/** Returns the sample of a counter that increases by one for each occurrence. */
export function increment(metric: string, labels: Labels, times: number): Sample {
  return { metric, labels, value: 1, times };
}
