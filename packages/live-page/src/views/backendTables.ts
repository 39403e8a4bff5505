import type { TotalsColumn, TotalsSpec } from "./totalsTable.ts";

const SECONDS = { read: "mean", unit: "seconds" } as const;
const count = (title: string, metric: string, more: Partial<TotalsColumn> = {}): TotalsColumn => ({
  title,
  metric,
  read: "value",
  ...more,
});

/** The tables of the backend. Those without any series are not shown. */
export const BACKEND_TABLES: readonly TotalsSpec[] = [
  {
    title: "Requests",
    note: "by route and status",
    by: { Method: "method", Route: "route" },
    columns: [
      count("Requests", "http_requests_total"),
      count("", "http_requests_total", { splitBy: "status" }),
      { title: "Mean duration", metric: "http_request_duration_seconds", ...SECONDS },
    ],
  },
  {
    // The names of the semantic conventions, which a catalog can choose.
    title: "Requests",
    note: "by route and status",
    by: { Method: "http_request_method", Route: "http_route" },
    columns: [
      count("Requests", "http_server_request_duration_seconds"),
      count("", "http_server_request_duration_seconds", { splitBy: "http_response_status_code" }),
      { title: "Mean duration", metric: "http_server_request_duration_seconds", ...SECONDS },
    ],
  },
  {
    title: "Jobs",
    by: { Job: "job_name" },
    columns: [
      count("Accepted", "jobs_accepted_total"),
      count("In flight", "jobs_in_flight"),
      count("", "job_duration_seconds", { splitBy: "outcome" }),
      { title: "Mean duration", metric: "job_duration_seconds", ...SECONDS },
    ],
  },
  { title: "Queues", by: { Queue: "queue" }, columns: [count("Waiting", "queue_depth")] },
  {
    title: "Caches",
    by: { Cache: "cache", Operation: "operation" },
    columns: [count("", "cache_operations_total", { splitBy: "outcome" })],
  },
  { title: "Entries of caches", by: { Cache: "cache" }, columns: [count("Entries", "cache_entries")] },
  {
    title: "Streams",
    by: { Stream: "stream", Route: "route", Model: "model" },
    columns: [
      count("Started", "streams_started_total"),
      count("Active", "streams_active"),
      count("", "stream_duration_seconds", { splitBy: "outcome" }),
      { title: "Mean to first item", metric: "stream_first_item_seconds", ...SECONDS },
      { title: "Mean duration", metric: "stream_duration_seconds", ...SECONDS },
      count("Items", "stream_items_total"),
    ],
  },
  {
    title: "Database",
    note: "queries by table",
    by: { Operation: "operation", Table: "table" },
    columns: [
      count("", "database_queries_total", { splitBy: "outcome" }),
      { title: "Mean duration", metric: "database_query_duration_seconds", ...SECONDS },
    ],
  },
  {
    title: "Connections to the database",
    by: { Pool: "pool" },
    columns: [
      count("In use", "database_connections_active"),
      count("Idle", "database_connections_idle"),
      count("Waiting", "database_connections_waiting"),
    ],
  },
  {
    title: "Errors of the app",
    by: { Error: "error_type" },
    columns: [count("", "app_errors_total", { splitBy: "severity" })],
  },
  {
    title: "Exceptions that nothing caught",
    by: { Exception: "exception_type" },
    columns: [count("", "app_exceptions_total", { splitBy: "origin" })],
  },
];

/** The tables of the collector itself. */
export const COLLECTOR_TABLES: readonly TotalsSpec[] = [
  {
    title: "Journal",
    by: {},
    columns: [
      count("On disk", "rum_journal_bytes", { unit: "bytes" }),
      count("Log to replay", "rum_journal_log_bytes", { unit: "bytes" }),
      count("Disk free", "rum_journal_disk_free_bytes", { unit: "bytes" }),
      count("Commits", "rum_journal_commit_seconds"),
      { title: "Mean commit", metric: "rum_journal_commit_seconds", ...SECONDS },
      count("Entries waiting", "rum_journal_pending_entries"),
      count("Failing", "rum_journal_failing"),
    ],
  },
  {
    title: "Errors of the journal",
    by: { Reason: "reason" },
    columns: [count("Errors", "rum_journal_errors_total")],
  },
  {
    title: "Scrapes",
    by: { Outcome: "outcome" },
    columns: [count("Scrapes", "rum_scrapes_total")],
  },
  {
    title: "Cost of scrapes and requests",
    by: {},
    columns: [
      { title: "Mean scrape", metric: "rum_scrape_duration_seconds", ...SECONDS },
      count("Sent to scrapers", "rum_scrape_bytes_total", { unit: "bytes" }),
      { title: "Mean request of a page", metric: "rum_collect_duration_seconds", ...SECONDS },
      count("Received from pages", "rum_collect_bytes_total", { unit: "bytes" }),
      count("Overload level", "rum_overload_level"),
    ],
  },
  {
    title: "Viewers",
    note: "of live streams",
    by: {},
    columns: [
      count("Connected", "rum_live_clients"),
      count("Frames skipped", "rum_live_frames_skipped_total"),
    ],
  },
  {
    title: "Series of metrics that can grow",
    by: { Metric: "metric" },
    columns: [count("Series", "rum_series")],
  },
];
