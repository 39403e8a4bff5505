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
  /** The event's place in `events`, from 0. */
  index: number;
  code: EventRejection;
  /** The fault, and what would be right. Only from a collector in development. */
  message?: string;
}

/** The answer to a batch that was counted, now or before. */
export interface CollectAnswer {
  /** Events that were counted. */
  accepted: number;
  rejected?: RejectedEvent[];
  /** Events of a crawler: counted apart. */
  bot?: number;
  /** Why the events are counted as a crawler's. Only from a collector in development. */
  message?: string;
  /** Events that were left out because the collector has more to do than it can; not to be sent again. */
  overload?: number;
  /** The batch's id was counted before; nothing was counted again. */
  duplicate?: true;
}

/** The reason for an item of a request to `/ingest` that was not counted. Stable: clients may match on it. */
export type ItemRejection = (typeof ITEM_REJECTIONS)[number];

/** The reason for a refused request to `/ingest`. Stable: clients may match on it. */
export type IngestRejection = (typeof INGEST_REJECTIONS)[number];

/** The reason for a refused report of a browser, or for a refused request to `/reports`. Stable. */
export type ReportsRejection = (typeof REPORTS_REJECTIONS)[number];

export interface RejectedItem {
  /** The item's place in the request, from 0. */
  index: number;
  code: ItemRejection;
  /** The fault, and what would be right. */
  message: string;
}

/** The answer to a request to `/ingest` that was read. */
export interface IngestAnswer {
  /** Values that were counted: an item with `count` 3 is three. */
  accepted: number;
  rejected: RejectedItem[];
  /** The request's `Idempotency-Key` came before; nothing was counted again. */
  duplicate?: true;
}

/** The answer to a request that was refused. */
export interface ErrorAnswer {
  error: { code: BatchRejection | IngestRejection | ReportsRejection; message: string; issues?: string[] };
}

/** Why a request for figures or by a service was refused. Stable: clients may match on it. */
type AccessRejection = "bad_token" | "bad_scope" | "bad_host";

/** The answer to a request that came without a token that opens its address, or by a name that needs one. */
export interface AccessErrorAnswer {
  error: { code: AccessRejection; message: string };
}
