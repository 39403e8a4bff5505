import type { DropReason, WireDetails } from "./batch.ts";

/** One value that a service reports. */
export interface IngestItem {
  /** What the catalogue declares in `ingested`, or a name of its own: `[a-z][a-z0-9_.-]{0,63}`. */
  name: string;
  /**
   * What a counter goes up by, a gauge is set to or a histogram observes, in the declared unit. Finite, at most
   * `MAX_INGEST_VALUE` either way; negative for a gauge only.
   */
  value: number;
  /** Declared labels by name. Others are ignored, so that a service may say more than is counted. */
  tags?: WireDetails;
  /** How many equal values this one stands for: an integer, 1 to `MAX_COUNT`. Default 1. */
  count?: number;
}

/** Why a client did not send a value: no room, too large, no value at all, refused by the collector, too old. */
export type IngestDropReason = Extract<
  DropReason,
  "queue_full" | "oversize" | "invalid" | "refused" | "expired"
>;

/**
 * One request body of `POST /ingest`, in its longest form. A single item and an array of items are bodies
 * too.
 */
export interface IngestBatch {
  /** At most `MAX_INGEST_ITEMS`. */
  items: IngestItem[];
  /** Values that the client lost since the last batch, by reason. */
  dropped?: { [Reason in IngestDropReason]?: number };
}

/** Items by which workers in other processes report the catalog's jobs, called like their families. */
export const JOBS_ACCEPTED = "jobs_accepted_total";
export const JOB_DURATION = "job_duration_seconds";
