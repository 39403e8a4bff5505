import { isGiven } from "../base/looseValue.ts";
import { type MetricDescriptor, OTHER, toLabelValue } from "../metrics/descriptor.ts";
import { STREAM_OUTCOMES } from "../metrics/labelValues.ts";
import type { Child, ChildOf } from "../metrics/recorder.ts";
import type { ReadAtScrape } from "./gaugeReaders.ts";

/** The labels of a stream. Each value is cut to 128 characters. */
interface StreamLabels {
  readonly stream: string;
  readonly route?: string | undefined;
  readonly model?: string | undefined;
}

/** The end of a stream: by itself, with an error, or because its reader left. */
export type StreamOutcome = (typeof STREAM_OUTCOMES)[number];

/**
 * The series of one label set, and the number of its streams that are being read. A histogram is made by its first
 * observation: an empty one has as many lines as a full one.
 */
interface StreamSeries {
  readonly started: Child;
  readonly active: Child;
  readonly items: Child;
  readonly firstItem: () => Child;
  readonly rate: () => Child;
  readonly duration: (outcome: StreamOutcome) => Child;
  running: number;
}

/** One stream that has begun. */
export interface RunningStream {
  /** Items came: tokens, if the app counts tokens. */
  item(count: number): void;
  /** Only the first call counts. */
  end(outcome: StreamOutcome): void;
}

/** The counters of all streams. */
interface StreamCounters {
  /** Begins a stream. */
  readonly begin: (labels: StreamLabels, startedAt: number) => RunningStream;
  /** Counts items of an answer that is not streamed. */
  readonly add: (labels: StreamLabels, items: number) => void;
}

/**
 * Creates the counters of streams.
 *
 * Label sets are limited here and not by the families alone: a gauge that several sets share would show the last one.
 */
export function createStreamCounters(childOf: ChildOf, readAtScrape: ReadAtScrape): StreamCounters {
  const kept = new Map<string, StreamSeries>();
  const other = lazily(() => createSeries({ stream: OTHER }, childOf, readAtScrape));
  const seriesOf = ({ stream, route, model }: StreamLabels): StreamSeries => {
    const labels = {
      stream: toLabelValue(stream),
      ...(isGiven(route) && { route: toLabelValue(route) }),
      ...(isGiven(model) && { model: toLabelValue(model) }),
    };
    const key = JSON.stringify(labels);
    const found = kept.get(key);
    if (found) return found;
    if (kept.size >= MAX_STREAM_SETS) return other();
    const made = createSeries(labels, childOf, readAtScrape);
    kept.set(key, made);
    return made;
  };
  return {
    begin: (labels, startedAt) => begin(seriesOf(labels), startedAt),
    add: (labels, items) => seriesOf(labels).items.add(items),
  };
}

function createSeries(
  labels: Readonly<Record<"stream", string>>,
  childOf: ChildOf,
  readAtScrape: ReadAtScrape,
): StreamSeries {
  const durationOf = (outcome: StreamOutcome): (() => Child) =>
    lazily(() => childOf("stream_duration_seconds", { ...labels, outcome }));
  const durations = {
    done: durationOf("done"),
    error: durationOf("error"),
    canceled: durationOf("canceled"),
  };
  const active = childOf("streams_active", labels);
  const series: StreamSeries = {
    started: childOf("streams_started_total", labels),
    active,
    items: childOf("stream_items_total", labels),
    firstItem: lazily(() => childOf("stream_first_item_seconds", labels)),
    rate: lazily(() => childOf("stream_items_per_second", labels)),
    duration: (outcome) => durations[outcome](),
    running: 0,
  };
  // Its idle series would end while a stream of an hour is read.
  const read = (): readonly number[] => [series.running];
  readAtScrape({ metric: "streams_active", name: labels.stream, gauges: [active], read });
  return series;
}

function lazily<Value extends object>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => (made ??= make());
}

function begin(series: StreamSeries, startedAt: number): RunningStream {
  let ended = false;
  let firstAt = 0;
  let lastAt = 0;
  /** Items after the first call of `item`: a rate needs the time between two. */
  let later = 0;
  const change = (by: 1 | -1): void => {
    series.running += by;
    series.active.add(series.running);
  };
  series.started.add(1);
  change(1);
  return {
    item: (count) => {
      if (ended) return;
      lastAt = performance.now();
      if (firstAt === 0) {
        firstAt = lastAt;
        series.firstItem().add(Math.max(0, firstAt - startedAt) / 1000);
      } else later += count;
      series.items.add(count);
    },
    end: (outcome) => {
      if (ended) return;
      ended = true;
      change(-1);
      series.duration(outcome).add(Math.max(0, performance.now() - startedAt) / 1000);
      if (later > 0 && lastAt > firstAt) series.rate().add((later * 1000) / (lastAt - firstAt));
    },
  };
}

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
    family("stream_items_total", "Items of answers; tokens if the app counts tokens."),
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
