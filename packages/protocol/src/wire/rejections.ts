/**
 * The only list of rejection codes. Metrics, the OpenAPI document and the docs are generated from it. The codes are
 * stable: clients may match on them.
 */

/** Codes of an event that was not counted, with the text of the docs: "the event …". The rest of its batch was. */
export const eventRejections = {
  unknown_type: "has a `type` that this collector does not know",
  unknown_name:
    "names an action, conversion, measurement, feature, funnel or step that the catalog does not have",
  unknown_label_value: "has a label value outside the closed set",
  missing_label: "lacks a declared label",
  server_only: 'is `from: "server"` in the catalog',
  bad_number: "has a value out of range: NaN is null in JSON",
  bad_event: "is not an event of its type",
  bad_amount: "has money that cannot be counted. A page's conversion still counts, without its money",
  bad_currency: "has a currency that cannot be counted. A page's conversion still counts, without its money",
  bad_time: "has a time out of range. Only server code reports a time",
} as const;

/** Refusals of any request with a body. */
const BODY = [
  "empty_body",
  "bad_utf8",
  "bad_json",
  "too_deep",
  "too_many_keys",
  "too_large",
  "too_large_decoded",
  "unsupported_encoding",
  "bad_encoding",
  "rate_limited",
  "aborted",
  "body_taken",
  "timeout",
  "draining",
  "journal_failed",
] as const;

/** Refusals of a request that counts once by its id or key. */
const ONCE = ["bad_idempotency_key", "id_conflict"] as const;

/** Refusals of a request of a page. */
const PAGE = ["bad_key", "origin_denied"] as const;

/** Refusals of a request to `/collect`. */
export const BATCH_REJECTIONS = [
  ...BODY,
  ...ONCE,
  ...PAGE,
  "bad_method",
  "bad_version",
  "bad_batch",
  "bad_batch_id",
  "too_many_events",
  "no_valid_event",
  "unknown_app",
  "overload",
] as const;

/** Codes of an item of `/ingest` that was not counted. */
export const ITEM_REJECTIONS = [
  "bad_item",
  "bad_number",
  "unknown_name",
  "unknown_label_value",
  "missing_label",
] as const;

/** Refusals of a request to `/ingest`. */
export const INGEST_REJECTIONS = [...BODY, ...ONCE, "bad_token", "bad_items", "too_many_items"] as const;

/** Refusals of a request to `/reports`, and of a report in it. */
export const REPORTS_REJECTIONS = [
  ...BODY,
  ...PAGE,
  "bad_media_type",
  "bad_reports",
  "bad_report",
  "too_many_reports",
] as const;
