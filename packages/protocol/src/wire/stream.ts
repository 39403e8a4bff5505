/** The groups of metrics that the WebSocket `/metrics/stream` pushes. */
export const STREAM_METRIC_TYPES = [
  "throughput",
  "latency",
  "cache",
  "streaming",
  "queue",
  "error",
  "vitals",
  "business",
] as const;

export type StreamMetricType = (typeof STREAM_METRIC_TYPES)[number];

/** One value, or several of which any matches. */
type OneOrMore<Value> = Value | readonly Value[];

/** The filters of a `subscribe`. Those of later messages are added to the earlier ones. */
export interface StreamFilters {
  /** A route, as the framework registered it: `/v1/chat/completions`. */
  endpoint?: OneOrMore<string> | null;
  model?: OneOrMore<string> | null;
  /** `all` takes back every earlier choice of a group. */
  metric_type?: OneOrMore<StreamMetricType | "all"> | null;
  /** Seconds between two updates, from 0.1 to 60. Default 1. */
  interval?: number | null;
  /** Only series with these values of labels. */
  labels?: Readonly<Record<string, OneOrMore<string>>> | null;
  /** Only series without these values of labels. */
  exclude?: Readonly<Record<string, OneOrMore<string>>> | null;
}

/** A message of a client of `/metrics/stream`. */
export type StreamClientMessage =
  | {
      type: "subscribe";
      filters?: StreamFilters | null;
      /** The `id` of the last message that was received before the connection was lost. */
      last_id?: string | null;
    }
  /** Takes all filters back, and stops the updates until the next `subscribe`. */
  | { type: "unsubscribe" }
  | { type: "ping" };

/** Milliseconds over the last minute. */
export interface StreamDurations {
  avg: number;
  min: number;
  max: number;
  p50: number;
  p90: number;
  p99: number;
}

/** Rates over the last ten complete seconds, by endpoint and in total. */
export interface StreamThroughput {
  requests_per_sec: Record<string, number>;
  responses_per_sec: Record<string, number>;
  tokens_per_sec: Record<string, number>;
  total_requests_per_sec: number;
  total_responses_per_sec: number;
  total_tokens_per_sec: number;
}

/** Lookups since the start of the counters. */
export interface StreamCacheCounts {
  /** Percent of the lookups, 0 to 100; null without a lookup. */
  hit_rate: number | null;
  total_lookups: number;
  cache_hits: number;
}

export interface StreamCache extends StreamCacheCounts {
  /** The hit rate of the last minute; null without a lookup. */
  recent_hit_rate: number | null;
  /** Percent of the tokens of prompts that the cache had, 0 to 100; null if no cache counts tokens. */
  token_reuse_rate: number | null;
  /** Tokens that a hit reused, on average; null without a hit of a cache that counts tokens. */
  avg_prefix_length: number | null;
  by_cache: Record<string, StreamCacheCounts>;
  /** By the route that the app gave to the cache. */
  by_endpoint: Record<string, StreamCacheCounts>;
}

export interface StreamStreaming {
  active_streams: number;
  /** Streams that ended by themselves. */
  completed_streams: number;
  failed_streams: number;
  /** Streams whose reader left before the end. */
  canceled_streams: number;
  /** Time to the first item; null if none came in the last minute. */
  ttft: StreamDurations | null;
  /** Items a second of the streams that ended in the last minute; null without one. */
  tokens_per_second: StreamDurations | null;
}

export interface StreamQueue {
  /** Items that wait in the queues of the app; null if it shows none. */
  queue_depth: number | null;
  by_queue: Record<string, number>;
  active_streams: number;
  /** HTTP requests that are being answered. */
  active_requests: number;
}

/** Rates over the last ten complete seconds. */
export interface StreamErrors {
  /** Requests that the backend failed to answer (5xx), by endpoint. */
  errors_per_sec: Record<string, number>;
  total_errors_per_sec: number;
  /** Errors of pages, by route. */
  page_errors_per_sec: Record<string, number>;
  total_page_errors_per_sec: number;
  /** Errors that the app reported by `trackError`. */
  app_errors_per_sec: number;
}

/** One vital over the last five minutes. */
export interface StreamVital {
  /** Milliseconds; a score for CLS. */
  p75: number;
  good: number;
  needs_improvement: number;
  poor: number;
}

/** By vital (`lcp`, `inp`, `cls`, …), then by route. */
export type StreamVitals = Record<string, Record<string, StreamVital>>;

/** An exact amount of money in minor units. A decimal string beyond 2^53 - 1, where a JSON number would be rounded. */
export type StreamMinorUnits = number | string;

export interface StreamConversion {
  total: number;
  /** Conversions of the last minute. */
  last_minute: number;
}

export interface StreamMoney {
  total_minor_units: StreamMinorUnits;
  /** Money of the last minute. */
  last_minute_minor_units: StreamMinorUnits;
  /** Decimals of the currency: 2 if 100 minor units are a major one. */
  exponent: number;
}

/** A gauge of the catalog now. */
export interface StreamGauge {
  /** Of all its series: the sum of counts and bytes, and the highest of seconds and ratios. */
  value: number;
  /** The series that have a value. */
  series: { labels: Record<string, string>; value: number }[];
}

export interface StreamBusiness {
  /** Conversions that the backend reports, by name. */
  conversions: Record<string, StreamConversion>;
  /** Conversions that pages report, by name. */
  page_conversions: Record<string, StreamConversion>;
  /** Revenue, by currency. */
  revenue: Record<string, StreamMoney>;
  /** Money that was paid back, by currency. */
  refunds: Record<string, StreamMoney>;
  /** The gauges of the catalog that have a value, by name. */
  gauges: Record<string, StreamGauge>;
  active_sessions: number;
}

/** The groups that were subscribed to, as far as the app has data for them. */
export interface StreamData {
  throughput?: StreamThroughput;
  /** By endpoint. */
  latency?: Record<string, StreamDurations>;
  cache?: StreamCache;
  streaming?: StreamStreaming;
  queue?: StreamQueue;
  error?: StreamErrors;
  vitals?: StreamVitals;
  business?: StreamBusiness;
}

/** The numbers of each group that need no name of an endpoint, a route or a queue. */
export type StreamTotals = Partial<Record<StreamMetricType, Record<string, number>>>;

/** The totals at the end of an earlier second. */
export interface StreamPoint {
  timestamp: number;
  data: StreamTotals;
}

interface StreamMessageBase {
  /** `<epoch>-<seq>`: the epoch is the collector's start, and `seq` grows with each message. */
  id: string;
  /** Seconds since 1970, by the collector's clock. */
  timestamp: number;
}

/** The filters in force. An empty list stands for every value. */
export interface StreamSubscription {
  endpoints: string[];
  models: string[];
  metric_types: (StreamMetricType | "all")[];
  interval: number;
  labels: Record<string, string[]>;
  exclude: Record<string, string[]>;
}

/** The state at this moment, and the seconds before it, oldest first. */
export interface StreamHistoricalData extends StreamMessageBase {
  type: "historical_data";
  data: StreamData;
  history: StreamPoint[];
}

export interface StreamUpdate extends StreamMessageBase {
  type: "metrics_update";
  data: StreamData;
  /** Changes since the message that this client got last. A group without a change is left out. */
  deltas: StreamTotals;
  /** Updates that this client did not get since that message, because it reads too slowly. Left out if 0. */
  skipped?: number;
}

/** A message of the collector to a client of `/metrics/stream`. */
export type StreamServerMessage =
  | StreamHistoricalData
  | StreamUpdate
  | (StreamMessageBase & {
      type: "subscribed";
      filters: StreamSubscription;
      /** With `last_id` only: true if the history that follows has every second since that message. */
      resumed?: boolean;
    })
  | (StreamMessageBase & { type: "unsubscribed"; filters: StreamSubscription })
  | (StreamMessageBase & { type: "pong" })
  | (StreamMessageBase & { type: "error"; message: string });
