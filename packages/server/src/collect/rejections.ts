import type { BatchRejection, EventRejection } from "@rumkit/protocol";

/** Written as records, so that a reason that the protocol gains and this list lacks is a compile error. */
export const batchRejections: Record<BatchRejection, true> = {
  bad_method: true,
  empty_body: true,
  bad_utf8: true,
  bad_json: true,
  too_deep: true,
  too_many_keys: true,
  too_large: true,
  unsupported_encoding: true,
  bad_version: true,
  bad_batch: true,
  bad_batch_id: true,
  bad_idempotency_key: true,
  too_many_events: true,
  no_valid_event: true,
  unknown_app: true,
  bad_key: true,
  origin_denied: true,
  id_conflict: true,
  draining: true,
  journal_failed: true,
  aborted: true,
  body_taken: true,
  timeout: true,
  too_large_decoded: true,
  bad_encoding: true,
  rate_limited: true,
  overload: true,
};

export const eventRejections: Record<EventRejection, true> = {
  bad_event: true,
  bad_number: true,
  bad_amount: true,
  bad_currency: true,
  bad_time: true,
  unknown_type: true,
  unknown_name: true,
  unknown_label_value: true,
  missing_label: true,
  server_only: true,
};

/** Why a batch, and an event of it, can be refused. */
export const BATCH_REJECTIONS = Object.keys(batchRejections) as BatchRejection[];

export const EVENT_REJECTIONS = Object.keys(eventRejections) as EventRejection[];
