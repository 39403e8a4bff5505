import type { TotalsSpec } from "./totalsTable.ts";

/** The goals of the business. */
export const BUSINESS_TABLES: readonly TotalsSpec[] = [
  {
    title: "Conversions of the server",
    note: "since the counters began",
    by: { Conversion: "conversion" },
    columns: [
      { title: "Conversions", metric: "conversions_total", read: "value" },
      { title: "Refunded", metric: "conversions_refunded_total", read: "value" },
    ],
  },
  {
    title: "Conversions of pages",
    note: "since the counters began",
    by: { Conversion: "conversion" },
    columns: [{ title: "Conversions", metric: "rum_conversions_total", read: "value" }],
  },
];

/** The visitors, by what their browsers are. */
export const EXPERIENCE_TABLES: readonly TotalsSpec[] = [
  {
    title: "Sessions",
    note: "by device and browser, since the counters began",
    by: { Device: "device", Browser: "browser" },
    columns: [
      { title: "Sessions", metric: "rum_sessions_total", read: "value" },
      { title: "", metric: "rum_sessions_total", read: "value", splitBy: "connection" },
    ],
  },
  {
    title: "Page views",
    note: "by route, since the counters began",
    by: { Route: "route" },
    columns: [
      { title: "Views", metric: "rum_page_views_total", read: "value" },
      { title: "Mean LCP", metric: "rum_lcp_seconds", read: "mean", unit: "seconds" },
      { title: "Mean INP", metric: "rum_inp_seconds", read: "mean", unit: "seconds" },
      { title: "Errors", metric: "rum_js_errors_total", read: "value" },
    ],
  },
];

/** Calls of the backend, as pages see them. */
export const ERROR_TABLES: readonly TotalsSpec[] = [
  {
    title: "API calls of pages",
    note: "by endpoint and status, since the counters began",
    by: { Endpoint: "api_endpoint", Method: "method" },
    columns: [
      { title: "Calls", metric: "rum_api_request_duration_seconds", read: "value" },
      { title: "", metric: "rum_api_request_duration_seconds", read: "value", splitBy: "status" },
    ],
  },
];
