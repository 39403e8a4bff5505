import { perMinute, ratioOf, sumBy } from "../promql/expression.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { Panel, QueryPanel } from "./board.ts";
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
    {
      title: "Streams",
      about: "streams",
      rows: [
        [originOfStreams],
        [active(context), started(context), failures(context)],
        [firstItems(context), durations(context), itemRate(context)],
      ],
    },
    {
      title: "Cache",
      about: "caches",
      rows: [
        [originOfCaches],
        [cacheHits(context), operations(context), entries(context)],
        [tokens(context)],
      ],
    },
  ],
};

const originOfStreams: Panel = {
  kind: "text",
  name: "origin",
  title: "Where the figures of streams come from",
  description: "How the app measures its streams.",
  content:
    "Streams are those that the app hands to `trackStream(name, stream, …)`. **Panels stay empty until the app calls it.** An item is one value of the stream, or what `tokens(item)` counts.",
};

const originOfCaches: Panel = {
  kind: "text",
  name: "origin-of-caches",
  title: "Where the figures of caches come from",
  description: "How the app measures its caches.",
  content:
    "Caches are those of `instrumentCache(name, cache)` or `trackCache(name)`. **Panels stay empty until the app calls one of them.**",
};

function started({ promql }: BoardContext): QueryPanel {
  return {
    name: "started",
    title: "Streams per minute",
    description:
      "Streamed answers that began, by stream and model. When a model falls to 0, look whether calls to it are refused.",
    kind: "timeseries",
    queries: queryOf(promql, "streams_started_total", "{{stream}} {{model}}", (metric) =>
      perMinute(sumBy(["stream", "model"], promql.rate(metric, RATE_INTERVAL))),
    ),
  };
}

function failures({ promql }: BoardContext): QueryPanel {
  return {
    name: "ends",
    title: "Share of streams that failed or were left",
    description:
      "The share of streams that ended with an error, and of those that their reader left. When it is red by canceled, people do not wait that long for the first item; by error, read the log of the app.",
    kind: "timeseries",
    queries: (["error", "canceled"] as const).flatMap((outcome) =>
      queryOf(promql, "stream_duration_seconds", `{{stream}} (${outcome})`, (metric) =>
        ratioOf(
          sumBy(["stream"], promql.observationRate(metric, RATE_INTERVAL, { outcome })),
          sumBy(["stream"], promql.observationRate(metric, RATE_INTERVAL)),
        ),
      ),
    ),
    thresholds: [
      { value: null, color: "green" },
      { value: 0.05, color: "red" },
    ],
  };
}

function firstItems({ promql }: BoardContext): QueryPanel {
  return {
    name: "first-items",
    title: "Time to the first item of streams, 95th percentile",
    description:
      "One in twenty streamed answers began later than this, by stream and model. When one model is slow, compare it with the others: it may be overloaded.",
    kind: "timeseries",
    queries: queryOf(promql, "stream_first_item_seconds", "{{stream}} {{model}}", (metric) =>
      promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["stream", "model"]),
    ),
  };
}

function durations({ promql }: BoardContext): QueryPanel {
  return {
    name: "duration",
    title: "Duration of streams, 95th percentile",
    description:
      "One in twenty streamed answers took longer than this, by stream and model. When it reaches the time limit of a proxy, answers are cut off.",
    kind: "timeseries",
    queries: queryOf(promql, "stream_duration_seconds", "{{stream}} {{model}}", (metric) =>
      promql.histogramQuantile(0.95, metric, RATE_INTERVAL, ["stream", "model"]),
    ),
  };
}

function itemRate({ promql }: BoardContext): QueryPanel {
  return {
    name: "item-rate",
    title: "Items a second within streams, median",
    description:
      "Half of the streams sent fewer items a second, from the first item to the last. When it falls below what people read, the answer seems to hang: about 5 words a second.",
    kind: "timeseries",
    queries: queryOf(promql, "stream_items_per_second", "{{stream}} {{model}}", (metric) =>
      promql.histogramQuantile(0.5, metric, RATE_INTERVAL, ["stream", "model"]),
    ),
  };
}

function active({ promql }: BoardContext): QueryPanel {
  return {
    name: "active",
    title: "Active streams",
    description:
      "Streamed answers that are being read, at each scrape. When it only climbs, streams are never closed: look for a reader that stops without canceling.",
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
    description:
      "The share of reads that were hits. When it falls after a release, its keys have changed; when it is always low, the cache costs more than it saves.",
    kind: "timeseries",
    queries: queryOf(promql, "cache_operations_total", "{{cache}}", (metric) =>
      ratioOf(
        sumBy(["cache"], promql.rate(metric, RATE_INTERVAL, { operation: "get", outcome: "hit" })),
        sumBy(["cache"], promql.rate(metric, RATE_INTERVAL, { operation: "get" })),
      ),
    ),
  };
}

function operations({ promql }: BoardContext): QueryPanel {
  return {
    name: "cache-operations",
    title: "Cache operations per minute",
    description:
      "Reads, writes and deletions by cache and outcome. When error appears, the cache server does not answer: the app then runs on its source alone.",
    kind: "timeseries",
    queries: queryOf(promql, "cache_operations_total", "{{cache}} {{operation}} ({{outcome}})", (metric) =>
      perMinute(sumBy(["cache", "operation", "outcome"], promql.rate(metric, RATE_INTERVAL))),
    ),
  };
}

function entries({ promql }: BoardContext): QueryPanel {
  return {
    name: "cache-entries",
    title: "Entries of caches",
    description:
      "Entries of each cache, at each scrape. When it only climbs, the cache has no limit and will take the memory of the process.",
    kind: "timeseries",
    queries: queryOf(promql, "cache_entries", "{{cache}}", (metric) =>
      sumBy(["cache"], promql.gauge(metric)),
    ),
  };
}

function tokens({ promql }: BoardContext): QueryPanel {
  return {
    name: "tokens-reused",
    title: "Share of prompt tokens from the cache",
    description:
      "The share of looked up tokens of prompts that a cache of prefixes saved, by cache and model. When it falls, the beginning of prompts has changed, such as by a date in it.",
    kind: "timeseries",
    queries: queryOf(promql, "cache_tokens_reused_total", "{{cache}} {{model}}", (metric) =>
      ratioOf(
        sumBy(["cache", "model"], promql.rate(metric, RATE_INTERVAL)),
        sumBy(["cache", "model"], promql.rate("cache_tokens_total", RATE_INTERVAL)),
      ),
    ),
  };
}
