import type {
  Catalog,
  StreamMetricType,
  StreamPoint,
  StreamSubscription,
  StreamTotals,
} from "@rumkit/protocol";
import { webVitals } from "@rumkit/protocol";
import { gaugeFamilyName } from "../catalog/describeGaugeMetrics.ts";
import { type HttpNames, httpNamesOf } from "../catalog/httpNames.ts";
import type { Recorder } from "../metrics/recorder.ts";
import { cacheOf, queueOf, streamingOf } from "./appGroups.ts";
import { createDistributions, type Distribution, type DistributionOptions } from "./distributions.ts";
import type { Group, GroupOf } from "./group.ts";
import { businessOf, vitalsOf } from "./pageGroups.ts";
import { createSeriesHistory, HISTORY_SECONDS } from "./seriesHistory.ts";
import { createMatcher, typesOf } from "./subscription.ts";
import { errorOf, latencyOf, PAGE_ERRORS, throughputOf } from "./trafficGroups.ts";
import { createView, round, type ViewSources } from "./view.ts";

/** The data of a subscription at one moment. */
export interface Snapshot {
  /** `StreamData` as JSON. */
  readonly json: string;
  readonly totals: StreamTotals;
}

/** Reads the data of subscriptions, now and at the end of earlier seconds. */
export interface Snapshots {
  /** Closes a second. Call it once a second, after the gauges are read. */
  tick(): void;
  /** The number of the last closed second. */
  readonly newest: number;
  /** The number of the oldest second that has a history. */
  readonly oldest: number;
  read(subscription: StreamSubscription): Snapshot;
  /** Returns the closed seconds after one, oldest first. */
  pointsAfter(subscription: StreamSubscription, tick: number): StreamPoint[];
}

/** The last minute, in steps of five seconds. */
const MINUTE = { sliceSeconds: 5, slices: 12 };

/** Vitals come from page views, which are fewer than requests: the last five minutes, in steps of half a minute. */
const FIVE_MINUTES = { sliceSeconds: 30, slices: 10 };

/** @param now The clock: milliseconds since 1970 that never go back. */
export function createSnapshots(catalog: Catalog, recorder: Recorder, now: () => number): Snapshots {
  const names = httpNamesOf(catalog);
  const families = new Map(recorder.families.map((family) => [family.descriptor.name, family]));
  const distributions = createDistributions(describeDistributions(names), now);
  recorder.onCount(distributions.listenerOf);
  recorder.onEnd(distributions.forget);
  const history = createSeriesHistory(
    [...countedNames(names), ...gaugeNames(catalog)].flatMap((name) => families.get(name) ?? []),
    now,
  );
  const sources: ViewSources = { families, history, distributions, now };
  const groups = groupsOf(names, catalog.gauges);

  return {
    tick: history.tick,
    get newest() {
      return history.newest;
    },
    get oldest() {
      return Math.max(history.oldest, history.newest - HISTORY_SECONDS);
    },
    read: (subscription) => {
      const view = createView(sources, createMatcher(subscription));
      const read = readGroups(groups, typesOf(subscription), (group) => group(view));
      const data = read.map(([type, { data: of }]) => [type, of()] as const);
      return { json: JSON.stringify(Object.fromEntries(data)), totals: totalsOf(read) };
    },
    pointsAfter: (subscription, tick) => {
      const matches = createMatcher(subscription);
      const windows = new Map<string, Distribution>();
      const points: StreamPoint[] = [];
      for (let at = tick + 1; at <= history.newest; at += 1) {
        const view = createView(sources, matches, { tick: at, windows });
        const read = readGroups(groups, typesOf(subscription), (group) => group(view));
        points.push({ timestamp: round(history.timeOf(at) / 1000), data: totalsOf(read) });
      }
      return points;
    },
  };
}

type Groups = Readonly<Record<StreamMetricType, GroupOf<unknown>>>;

function groupsOf(names: HttpNames, gauges: Catalog["gauges"]): Groups {
  return {
    throughput: throughputOf(names),
    latency: latencyOf(names),
    cache: cacheOf,
    streaming: streamingOf,
    queue: queueOf(names),
    error: errorOf(names),
    vitals: vitalsOf,
    business: businessOf(gauges),
  };
}

function readGroups(
  groups: Groups,
  types: readonly StreamMetricType[],
  read: (group: GroupOf<unknown>) => Group<unknown> | undefined,
): (readonly [StreamMetricType, Group<unknown>])[] {
  return types.flatMap((type) => {
    const group = read(groups[type]);
    return group ? [[type, group] as const] : [];
  });
}

function totalsOf(read: readonly (readonly [StreamMetricType, Group<unknown>])[]): StreamTotals {
  return Object.fromEntries(read.map(([type, { totals }]) => [type, totals]));
}

/** The histograms whose quantiles are shown. */
function describeDistributions({ duration }: HttpNames): DistributionOptions[] {
  const durations = [
    duration,
    "stream_duration_seconds",
    "stream_first_item_seconds",
    "stream_items_per_second",
  ];
  const vitals = Object.values(webVitals).map(({ metric, good, poor }) => ({
    metric,
    ...FIVE_MINUTES,
    limits: { good, poor },
  }));
  return [...durations.map((metric) => ({ metric, ...MINUTE })), ...vitals];
}

function gaugeNames({ gauges = {} }: Catalog): string[] {
  return Object.entries(gauges).map(([name, spec]) => gaugeFamilyName(name, spec));
}

/** The families whose values are kept second by second. */
function countedNames({ requests, headers, duration, inFlight }: HttpNames): string[] {
  return [
    requests ?? headers,
    duration,
    inFlight,
    "streams_started_total",
    "streams_active",
    "stream_duration_seconds",
    "stream_items_total",
    "cache_operations_total",
    "cache_tokens_total",
    "cache_tokens_reused_total",
    "queue_depth",
    ...PAGE_ERRORS,
    "app_errors_total",
    "conversions_total",
    "rum_conversions_total",
    "revenue_total",
    "refunds_total",
    "rum_active_sessions",
  ];
}
