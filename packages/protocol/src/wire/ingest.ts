import type { ItemRejection } from "./answers.ts";
import type { Fields, ObjectOf } from "./field.ts";
import { MAX_COUNT, MAX_INGEST_DROPPED, MAX_INGEST_ITEMS, MAX_INGEST_VALUE } from "./limits.ts";
import { INGEST_DROP_REASONS } from "./words.ts";

/** The name of a value that services report. It may have dots and dashes. */
export const INGESTED_NAME = /^[a-z][a-z0-9_.-]{0,63}$/;

/** The code of a refused item by the kind of the field that is wrong. */
export const ITEM_REASONS = {
  number: "bad_number",
  other: "bad_item",
} as const satisfies Record<string, ItemRejection>;

/** Every field of an item of `POST /ingest`. */
export const itemFields = {
  name: {
    kind: "pattern",
    pattern: INGESTED_NAME,
    words: 'lower-case letters, digits, "_", "." and "-", 64 at most, a letter first',
    what: "declared in the catalog's `ingested`, or the service's own name",
  },
  value: {
    kind: "number",
    least: -MAX_INGEST_VALUE,
    most: MAX_INGEST_VALUE,
    what: "the increase of a counter, the value of a gauge, or one observation of a histogram, in the declared unit; negative for a gauge only",
  },
  tags: {
    kind: "details",
    excess: "refused",
    optional: true,
    what: "the declared labels; others are ignored, so that a service may report more than is counted",
  },
  count: {
    kind: "integer",
    least: 1,
    most: MAX_COUNT,
    optional: true,
    what: "the number of equal values that it stands for, default 1",
  },
} as const satisfies Fields;

/** Every field of a request to `POST /ingest` in its longest form. */
export const itemsFields = {
  items: { kind: "list", of: "item", least: 0, most: MAX_INGEST_ITEMS },
  dropped: {
    kind: "counts",
    keys: INGEST_DROP_REASONS,
    most: MAX_INGEST_DROPPED,
    optional: true,
    what: "values that the client lost since the last request, by reason",
  },
} as const satisfies Fields;

/** One value that a service reports. */
export type IngestItem = ObjectOf<typeof itemFields>;

/** The reason for a value that a client did not send: no room, too large, not a value, refused by the collector, too old. */
export type IngestDropReason = (typeof INGEST_DROP_REASONS)[number];

/**
 * One request body of `POST /ingest`, in its longest form. A single item and an array of items are bodies
 * too.
 */
export interface IngestBatch extends ObjectOf<typeof itemsFields> {
  items: IngestItem[];
}

/** Names of the items by which workers in other processes report the catalog's jobs: those of the families. */
export const JOBS_ACCEPTED = "jobs_accepted_total";
/**
 * The jobs that one process is doing now, an integer. It holds for ten seconds: a process repeats it while a job runs, so
 * nothing stays in flight after a process that was killed. The tag `process` is unique to the process, such as a UUID.
 */
export const JOBS_IN_FLIGHT = "jobs_in_flight";
export const JOB_DURATION = "job_duration_seconds";
