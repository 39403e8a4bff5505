import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { STREAM_OUTCOMES } from "../metrics/labelValues.ts";

/** Label sets of streams: a few kinds of answers with some dozens of models. More share one that is `__other__`. */
export const MAX_STREAM_SETS = 200;

/** Seconds to a first token: from a cache at hand, to a model that thinks. */
const FIRST_ITEM_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Seconds: from a short answer to a film. */
const DURATION_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];

/** Items a second: tokens of a large model, to rows of a database. */
const RATE_BUCKETS = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 10_000];

const LABELS = ["stream", "route", "model"];

/** Describes the families that `trackStream` fills. */
export function describeStreamMetrics(): MetricDescriptor[] {
  const seconds = { type: "histogram", unit: "seconds" } as const;
  return [
    family("streams_started_total", "Streamed answers that began."),
    { ...family("streams_active", "Streamed answers that are being read."), type: "gauge" },
    {
      ...family("stream_first_item_seconds", "Time to the first item of streamed answers."),
      ...seconds,
      buckets: FIRST_ITEM_BUCKETS,
    },
    {
      ...family("stream_duration_seconds", "How long streamed answers took, by how they ended."),
      ...seconds,
      buckets: DURATION_BUCKETS,
      labels: [...LABELS, "outcome"],
      values: { outcome: STREAM_OUTCOMES },
      maxSeries: (MAX_STREAM_SETS + 1) * STREAM_OUTCOMES.length,
    },
    family("stream_items_total", "Items of streamed answers; tokens if the app counts tokens."),
    {
      ...family("stream_items_per_second", "Items a second of streamed answers, from the first to the last."),
      type: "histogram",
      buckets: RATE_BUCKETS,
    },
  ];
}

function family(name: string, help: string): MetricDescriptor {
  return {
    name,
    type: "counter",
    help,
    unit: "none",
    side: "backend",
    labels: LABELS,
    known: [],
    maxSeries: MAX_STREAM_SETS + 1,
  };
}
