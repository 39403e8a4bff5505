import type { StreamCache, StreamCacheCounts, StreamQueue, StreamStreaming } from "@rumkit/protocol";
import type { HttpNames } from "../catalog/httpNames.ts";
import type { Labels } from "../metrics/descriptor.ts";
import type { Series } from "../metrics/seriesStore.ts";
import type { GroupOf } from "./group.ts";
import { endpointOf } from "./subscription.ts";
import { durationsOf } from "./trafficGroups.ts";
import { groupSeries, round, type View } from "./view.ts";

/** Lookups of caches, since the start of the counters. */
export const cacheOf: GroupOf<StreamCache> = (view) => {
  const lookups = view.of("cache_operations_total").filter(({ labels }) => labels["operation"] === "get");
  if (lookups.length === 0) return undefined;
  const counts = countsOf(view, lookups);
  const tokens = tokensOf(view, lookups);
  const data = (): StreamCache => {
    const recentHits = view.lastMinute(lookups.filter(isHit));
    return {
      ...counts,
      ...tokens,
      recent_hit_rate: percent(recentHits, view.lastMinute(lookups)),
      by_cache: countsBy(view, lookups, ({ cache }) => cache),
      by_endpoint: countsBy(view, lookups, endpointOf),
    };
  };
  return { totals: withoutNulls({ ...counts, ...tokens }), data };
};

function countsOf(view: View, lookups: readonly Series[]): StreamCacheCounts {
  const total = view.value(lookups);
  const hits = view.value(lookups.filter(isHit));
  return { hit_rate: percent(hits, total), total_lookups: total, cache_hits: hits };
}

function countsBy(
  view: View,
  lookups: readonly Series[],
  keyOf: (labels: Labels) => string | undefined,
): Record<string, StreamCacheCounts> {
  const groups = [...groupSeries(lookups, keyOf)];
  return Object.fromEntries(groups.map(([key, group]) => [key, countsOf(view, group)]));
}

/** The tokens of prompts, for the caches that count them. */
function tokensOf(
  view: View,
  lookups: readonly Series[],
): Pick<StreamCache, "token_reuse_rate" | "avg_prefix_length"> {
  const reused = view.value(view.all("cache_tokens_reused_total"));
  const asked = view.of("cache_tokens_total");
  const caches = new Set(asked.map(({ labels }) => labels["cache"]));
  const hits = view.value(lookups.filter((series) => isHit(series) && caches.has(series.labels["cache"])));
  return {
    token_reuse_rate: percent(reused, view.value(asked)),
    avg_prefix_length: hits === 0 ? null : round(reused / hits),
  };
}

function withoutNulls(values: Readonly<Record<string, number | null>>): Record<string, number> {
  const known = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null);
  return Object.fromEntries(known);
}

function isHit({ labels }: Series): boolean {
  return labels["outcome"] === "hit";
}

function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : round((part / whole) * 100);
}

/** Streamed answers, as `trackStream` counts them. */
export const streamingOf: GroupOf<StreamStreaming> = (view) => {
  const started = view.of("streams_started_total");
  if (started.length === 0) return undefined;
  const ended = view.of("stream_duration_seconds");
  const endedAs = (outcome: string): number =>
    view.value(ended.filter(({ labels }) => labels["outcome"] === outcome));
  const totals = {
    active_streams: view.value(view.all("streams_active")),
    completed_streams: endedAs("done"),
    failed_streams: endedAs("error"),
    canceled_streams: endedAs("canceled"),
  };
  const data = (): StreamStreaming => ({
    ...totals,
    ttft: durationsOf(view.window(view.of("stream_first_item_seconds"))),
    tokens_per_second: durationsOf(view.window(view.of("stream_items_per_second")), 1),
  });
  return { totals, data };
};

/** The work that waits, and the work in progress: three different numbers. */
export function queueOf({ inFlight }: HttpNames): GroupOf<StreamQueue> {
  return (view) => {
    const queues = view.all("queue_depth");
    const streams = view.all("streams_active");
    const requests = view.all(inFlight);
    if (queues.length + streams.length + requests.length === 0) return undefined;
    const depth = queues.length > 0 ? view.value(queues) : null;
    const active = { active_streams: view.value(streams), active_requests: view.value(requests) };
    const data = (): StreamQueue => {
      const byQueue = [...groupSeries(queues, ({ queue }) => queue)];
      return {
        queue_depth: depth,
        by_queue: Object.fromEntries(byQueue.map(([queue, group]) => [queue, view.value(group)])),
        ...active,
      };
    };
    return { totals: { ...(depth !== null && { queue_depth: depth }), ...active }, data };
  };
}
