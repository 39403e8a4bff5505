import { type EventType, webVitals } from "@rumkit/protocol";
import type { Measured } from "./site.ts";

/** One line of the comparison: events that visitors send, and the metrics that count them. */
export interface Family {
  readonly name: string;
  readonly types: readonly EventType[];
  /** Names of samples; of a histogram its `_count`. Their sum is compared. */
  readonly samples: readonly string[];
}

const vitalTypes = Object.keys(webVitals) as (keyof typeof webVitals)[];

/** Every event that visitors send is in one of these. `measured` are the measurements of the catalog. */
export function familiesOf(measured: readonly Measured[]): Family[] {
  return [
    { name: "sessions", types: ["session_start"], samples: ["rum_sessions_total"] },
    { name: "page views", types: ["page_view"], samples: ["rum_page_views_total"] },
    { name: "views that ended", types: ["visible"], samples: ["rum_visible_seconds_count"] },
    { name: "clicks", types: ["click"], samples: ["rum_clicks_total"] },
    { name: "actions", types: ["action"], samples: ["rum_actions_total"] },
    { name: "conversions", types: ["conversion"], samples: ["rum_conversions_total"] },
    { name: "features", types: ["feature"], samples: ["rum_feature_usage_total"] },
    { name: "funnel steps", types: ["funnel_step"], samples: ["rum_funnel_sessions_total"] },
    {
      name: "measurements",
      types: ["measurement"],
      samples: measured.map(({ metric }) => `${metric}_count`),
    },
    {
      name: "web vitals",
      types: vitalTypes,
      samples: Object.values(webVitals).map(({ metric }) => `${metric}_count`),
    },
    { name: "page loads", types: ["page_load"], samples: ["rum_page_load_bytes_count"] },
    { name: "API calls", types: ["api_call"], samples: ["rum_api_request_duration_seconds_count"] },
    { name: "errors", types: ["error"], samples: ["rum_js_errors_total"] },
  ];
}

/** Samples about batches and events, by which the collector says what became of them. */
export const OUTCOMES = {
  batches: "rum_batches_accepted_total",
  duplicates: "rum_batches_duplicate_total",
  refused: "rum_batches_rejected_total",
  accepted: "rum_events_accepted_total",
  rejected: "rum_events_rejected_total",
  bot: "rum_events_bot_total",
  overload: "rum_events_overload_total",
  money: "rum_conversion_value_total",
} as const;
