/** Why one event of a batch was not counted. The rest of its batch was. Stable: clients may match on it. */
export type EventRejection =
  | "bad_event"
  | "bad_number"
  | "bad_amount"
  | "bad_currency"
  | "bad_time"
  | "unknown_type"
  | "unknown_name"
  | "unknown_label_value"
  | "missing_label"
  | "server_only";

/** Why a whole request was refused. Stable: clients may match on it. */
export type BatchRejection =
  | "bad_method"
  | "empty_body"
  | "bad_utf8"
  | "bad_json"
  | "too_deep"
  | "too_many_keys"
  | "too_large"
  | "too_large_decoded"
  | "unsupported_encoding"
  | "bad_encoding"
  | "rate_limited"
  | "overload"
  | "bad_version"
  | "bad_batch"
  | "bad_batch_id"
  | "bad_idempotency_key"
  | "too_many_events"
  | "no_valid_event"
  | "unknown_app"
  | "bad_key"
  | "origin_denied"
  | "id_conflict"
  | "aborted"
  | "body_taken"
  | "timeout"
  | "draining"
  | "journal_failed";

export interface RejectedEvent {
  /** The event's place in `events`, from 0. */
  index: number;
  code: EventRejection;
  /** What is wrong and what would be right. Only from a collector in development. */
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

/** Why one item of a request to `/ingest` was not counted. Stable: clients may match on it. */
export type ItemRejection =
  | "bad_item"
  | Extract<EventRejection, "bad_number" | "unknown_name" | "unknown_label_value" | "missing_label">;

/** Why a whole request to `/ingest` was refused. Stable: clients may match on it. */
export type IngestRejection =
  | "bad_token"
  | "bad_items"
  | "too_many_items"
  | Exclude<
      BatchRejection,
      | "bad_method"
      | "overload"
      | "bad_version"
      | "bad_batch"
      | "bad_batch_id"
      | "too_many_events"
      | "no_valid_event"
      | "unknown_app"
      | "bad_key"
      | "origin_denied"
    >;

/** Why a report of a browser, or a whole request to `/reports`, was refused. Stable. */
export type ReportsRejection =
  | "bad_media_type"
  | "bad_reports"
  | "bad_report"
  | "too_many_reports"
  | Exclude<
      BatchRejection,
      | "bad_method"
      | "overload"
      | "bad_version"
      | "bad_batch"
      | "bad_batch_id"
      | "bad_idempotency_key"
      | "too_many_events"
      | "no_valid_event"
      | "unknown_app"
      | "id_conflict"
    >;

export interface RejectedItem {
  /** The item's place in the request, from 0. */
  index: number;
  code: ItemRejection;
  /** What is wrong and what would be right. */
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
