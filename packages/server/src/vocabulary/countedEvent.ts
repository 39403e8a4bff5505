import type { PageEvent } from "@rumkit/protocol";
import type { Labels } from "../metrics/descriptor.ts";
import type { Sample } from "../metrics/sample.ts";

/** What an accepted event counts, with what the live tail shows of it. */
export interface CountedEvent {
  readonly samples: readonly Sample[];
  /** How often it happened. */
  readonly times: number;
  /** A route pattern of the catalogue, or `unmatched`. */
  readonly route: string;
  readonly event: PageEvent;
}

/** Where and how often an event happened. */
export interface Occurrence {
  /** A route pattern of the catalogue, or `unmatched`. */
  readonly route: string;
  readonly times: number;
}

/** The sample of a counter that goes up by one for each time. */
export function once(metric: string, labels: Labels, times: number): Sample {
  return { metric, labels, value: 1, times };
}
