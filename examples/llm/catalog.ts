import { defineCatalog } from "@rumkit/protocol";

/** The metrics of the API. Its models are listed once more, because a catalog has literal values. */
export const catalog = defineCatalog({
  app: "llm",
  routes: ["/"],
  endpoints: ["/v1/chat/completions", "/v1/embeddings", "/v1/models", "/v1/models/:model"],
  // A client has to tell 404, 413 and 429 apart, and answers take as long as they have tokens.
  http: { status: "code", buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] },
  ingested: {
    "llm.tokens": {
      type: "counter",
      help: "Tokens that were read from prompts, found in the cache, and generated.",
      labels: {
        model: ["gpt-4", "gpt-4o", "gpt-4o-mini", "text-embedding-3-small"],
        kind: ["prompt", "cached", "completion"],
      },
    },
    // Costs are spent, and money of a conversion is revenue in whole cents: a token costs less. So this is a counter, in
    // billionths of a dollar, whose sums are exact.
    "llm.cost.nanodollars": {
      type: "counter",
      help: "The price of all tokens, in billionths of a US dollar.",
      labels: { model: ["gpt-4", "gpt-4o", "gpt-4o-mini", "text-embedding-3-small"] },
    },
  },
  live: {
    cards: {
      requests: { title: "Requests / second", rate: "http_requests_total" },
      tokens: { title: "Tokens / second", rate: "llm_tokens_total", by: "model" },
      first_token: { title: "First token, p95", quantile: 0.95, of: "stream_first_item_seconds" },
      streams: { title: "Streams in progress", gauge: "streams_active" },
      turned_away: {
        title: "Turned away",
        ratio: "http_requests_total",
        labels: { status: "429" },
        to: "http_requests_total",
        critical: 0.1,
      },
    },
    charts: {
      tokens: { title: "Tokens / second", rate: "llm_tokens_total", by: "model" },
      first_token: { title: "First token, p95", quantile: 0.95, of: "stream_first_item_seconds" },
    },
  },
  alerts: {
    queue_full: {
      when: {
        ratio: "http_requests_total",
        to: "http_requests_total",
        labels: { status: "429" },
        over: "2m",
        above: 0.1,
      },
      severity: "warning",
      summary:
        "{value} of the requests of the last two minutes were turned away, because the queue was full.",
    },
    slow_first_token: {
      when: { quantile: 0.95, of: "stream_first_item_seconds", by: ["model"], over: "5m", above: 2.5 },
      severity: "warning",
      summary: "The first token of one stream in twenty took longer than {value}.",
    },
    broken_streams: {
      when: { increase: "stream_duration_seconds", labels: { outcome: "error" }, over: "5m", above: 10 },
      severity: "critical",
      summary: "{value} streams of the last five minutes broke before their end.",
    },
    expensive_hour: {
      when: { increase: "llm_cost_nanodollars_total", over: "1h", above: 50_000_000_000 },
      severity: "warning",
      summary: "The tokens of the last hour cost more than 50 dollars: {value} billionths of a dollar.",
    },
  },
  objectives: { reliable_api: { http: { errorsBelow: 0.05 } } },
});
