import type { PageEvent } from "./events.ts";
import type { Fields, ObjectOf } from "./field.ts";
import { LAST_INSTANT, LOWEST_RATE, MAX_DROPPED, MAX_EVENTS, MAX_NAME } from "./limits.ts";
import { DROP_REASONS } from "./words.ts";

const hex128 = {
  kind: "pattern",
  pattern: /^[0-9a-f]{32}$/,
  words: "32 lower-case hexadecimal digits",
} as const;
/** The text of an option of the page. Plain JavaScript can pass anything, which must not cost every batch. */
const optionText = { kind: "text", most: MAX_NAME, fromAny: true, optional: true } as const;
const freeText = {
  ...optionText,
  what: "free text for the live tail, not a label",
} as const;

/** Every field of a batch, and their only definition. An empty string is treated as missing. */
export const batchFields = {
  v: {
    kind: "enum",
    values: [1],
    reason: "bad_version",
    what: "the version of this contract, the first key",
  },
  id: { ...hex128, reason: "bad_batch_id", what: "random; the same on every retry of the same bytes" },
  seq: {
    kind: "integer",
    least: 0,
    optional: true,
    what: "the batch's number in its session, default 0; gaps count as lost batches",
  },
  app: {
    ...optionText,
    what: "the catalog's app; without it, the collector's own",
  },
  release: freeText,
  environment: freeText,
  session: { ...hex128, what: "random; never a label" },
  rate: {
    kind: "number",
    least: LOWEST_RATE,
    most: 1,
    optional: true,
    what: "the fraction of sessions that report, default 1",
  },
  sentAt: {
    kind: "number",
    least: 0,
    most: LAST_INSTANT,
    unit: "milliseconds",
    what: "since 1970, by the page's clock when it first sent the batch; not used for counting",
  },
  dropped: {
    kind: "counts",
    keys: DROP_REASONS,
    most: MAX_DROPPED,
    optional: true,
    what: "events that the page lost since the last batch, by reason",
  },
  context: {
    kind: "details",
    excess: "cut",
    optional: true,
    what: "attributes of all its events; an event's own values take precedence",
  },
  events: {
    kind: "list",
    of: "event",
    least: 1,
    most: MAX_EVENTS,
    tooMany: "too_many_events",
    what: "see below",
  },
} as const satisfies Fields;

/** A batch whose events are still unread. */
export type BatchEnvelope = ObjectOf<typeof batchFields>;

/** One request body of `POST /collect`. */
export interface Batch extends BatchEnvelope {
  events: PageEvent[];
}
