import { ratioOf, sumBy } from "../promql/expression.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { QueryPanel } from "./board.ts";
import type { BoardContext, BoardSpec } from "./boardSpec.ts";
import { OPERATIONS_TIME } from "./ranges.ts";
import { queryOf } from "./rateQueries.ts";

/** Streamed answers, and caches. */
export const streams: BoardSpec = {
  name: "streams",
  title: "Streams and cache",
  description: "Streamed answers of the backend, and the hits of its caches.",
  ...OPERATIONS_TIME,
  describe: (context) => [
    { title: "Streams", rows: [[firstItems(context), active(context)]] },
    { title: "Cache", rows: [[cacheHits(context)]] },
  ],
};

function firstItems({ promql }: BoardContext): QueryPanel {
  return {
    name: "first-items",
    title: "Time to the first item of streams, 95th percentile",
    description: "One in twenty streamed answers began later than this, by stream and model.",
    kind: "timeseries",
    queries: queryOf(promql, "stream_first_item_seconds", "{{stream}} {{model}}", (metric) =>
      promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["stream", "model"]),
    ),
  };
}

function active({ promql }: BoardContext): QueryPanel {
  return {
    name: "active",
    title: "Active streams",
    description: "Streamed answers that are being read, at each scrape.",
    kind: "timeseries",
    queries: queryOf(promql, "streams_active", "{{stream}}", (metric) =>
      sumBy(["stream"], promql.gauge(metric)),
    ),
  };
}

function cacheHits({ promql }: BoardContext): QueryPanel {
  return {
    name: "cache-hits",
    title: "Cache hit ratio",
    description: "The share of reads that were hits.",
    kind: "timeseries",
    queries: queryOf(promql, "cache_operations_total", "{{cache}}", (metric) =>
      ratioOf(
        sumBy(["cache"], promql.rate(metric, RATE_INTERVAL, { operation: "get", outcome: "hit" })),
        sumBy(["cache"], promql.rate(metric, RATE_INTERVAL, { operation: "get" })),
      ),
    ),
  };
}
