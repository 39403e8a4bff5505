import type {
  BATCH_REJECTIONS,
  eventRejections,
  INGEST_REJECTIONS,
  ITEM_REJECTIONS,
  REPORTS_REJECTIONS,
} from "./rejections.ts";

/** The reason for an event of a batch that was not counted. The rest of its batch was. Stable: clients may match on it. */
export type EventRejection = keyof typeof eventRejections;

/** The reason for a refused request. Stable: clients may match on it. */
export type BatchRejection = (typeof BATCH_REJECTIONS)[number];

export interface RejectedEvent {
  /** The event's index in `events`, from 0. */
  index: number;
  code: EventRejection;
  /** The fault and its remedy. Only from a collector in development. */
  message?: string;
}

/** The answer to a counted batch: by this request, or by an earlier one with the same id. */
export interface CollectAnswer {
  /** Events that were counted. */
  accepted: number;
  rejected?: RejectedEvent[];
  /** Events of a crawler: only `rum_events_bot_total` counts them. */
  bot?: number;
  /** Why the events are counted as a crawler's. Only from a collector in development. */
  message?: string;
  /** Events that the collector dropped because it is overloaded. Do not send them again. */
  overload?: number;
  /** An earlier request with the batch's id was counted; this one was not counted again. */
  duplicate?: true;
}

/** The reason for an item of a request to `/ingest` that was not counted. Stable: clients may match on it. */
export type ItemRejection = (typeof ITEM_REJECTIONS)[number];

/** The reason for a refused request to `/ingest`. Stable: clients may match on it. */
export type IngestRejection = (typeof INGEST_REJECTIONS)[number];

/** The reason for a refused report of a browser, or for a refused request to `/reports`. Stable. */
export type ReportsRejection = (typeof REPORTS_REJECTIONS)[number];

export interface RejectedItem {
  /** The item's index in the request, from 0. */
  index: number;
  code: ItemRejection;
  /** The fault and its remedy. */
  message: string;
}

/** The answer to a request to `/ingest` that was not refused as a whole. */
export interface IngestAnswer {
  /** Counted values: an item with `count` 3 adds three. */
  accepted: number;
  rejected: RejectedItem[];
  /** An earlier request with the same `Idempotency-Key` was counted; this one was not counted again. */
  duplicate?: true;
}

/** The answer to a request that was refused. */
export interface ErrorAnswer {
  error: { code: BatchRejection | IngestRejection | ReportsRejection; message: string; issues?: string[] };
}

/** The reason for a request that access control refused. Stable: clients may match on it. */
type AccessRejection = "bad_token" | "bad_scope" | "bad_host" | "link_ended" | "link_revoked" | "bad_link";

/** The answer to a request whose token does not open the route, or that names a host for which a token is required. */
export interface AccessErrorAnswer {
  error: { code: AccessRejection; message: string };
}
