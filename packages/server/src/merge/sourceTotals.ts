import type { Labels, MetricDescriptor } from "../metrics/descriptor.ts";
import type { SavedSeries } from "../metrics/restoreSeries.ts";
import {
  type BucketSlabs,
  createBucketSlabs,
  createSeries,
  isHistogram,
  type Series,
} from "../metrics/seriesStore.ts";

/** The journal keeps these series beside those of the catalog, whose names have no space. */
const PREFIX = "frames ";

/** True for a series that `createSourceTotals` restores. */
export function isSourceSeries({ metric }: Pick<SavedSeries, "metric">): boolean {
  return metric.startsWith(PREFIX);
}

/**
 * The totals that a live role has counted of each aggregator, and its position in the log of frames. They are series of its
 * journal: an entry changes them together with the counts.
 */
export interface SourceTotals {
  /** The position in the log: the sequence of the last frame that was taken; 0 before the first. */
  readonly position: Series;
  /** The epoch and the number of the last frame of a source; 0 before its first. */
  readonly head: (source: string) => { readonly epoch: Series; readonly number: Series };
  /** The total of a series of a source. */
  readonly of: (source: string, descriptor: MetricDescriptor, labels: Labels) => Series;
  /** All totals of a source. */
  readonly all: (source: string) => Iterable<Series>;
}

export function createSourceTotals(saved: Iterable<SavedSeries>): SourceTotals {
  const bySource = new Map<string, Map<string, Series>>();
  const families = createShadowFamilies();
  const seriesIn = (source: string): Map<string, Series> => {
    const found = bySource.get(source) ?? new Map<string, Series>();
    bySource.set(source, found);
    return found;
  };
  const find = (source: string, metric: Shadowed, labels: Labels): Series => {
    const series = seriesIn(source);
    const key = keyOf(metric.name, labels);
    const found = series.get(key) ?? families(source, metric, { ...labels });
    series.set(key, found);
    return found;
  };
  for (const each of saved) {
    if (!isSourceSeries(each)) continue;
    const [, source = "", name = ""] = each.metric.split(" ");
    restore(find(source, shadowedOf(name, each), each.labels), each);
  }
  const counter = (name: string) => ({ name, type: "counter", unit: "none" }) as const;
  return {
    position: find(LOG, counter("position"), {}),
    head: (source) => ({
      epoch: find(HEADS, counter("epoch"), { source }),
      number: find(HEADS, counter("number"), { source }),
    }),
    of: find,
    all: (source) => seriesIn(source).values(),
  };
}

/** In place of a source: identities of journals are UUIDs. */
const LOG = "log";
const HEADS = "heads";

type Shadowed = Pick<MetricDescriptor, "name" | "type" | "unit" | "buckets">;

function keyOf(metric: string, labels: Labels): string {
  return JSON.stringify([metric, ...Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}

function shadowedOf(name: string, { buckets, minorUnits }: SavedSeries): Shadowed {
  const unit = minorUnits === undefined ? "none" : "currency";
  return { name, type: buckets ? "histogram" : "counter", unit, ...(buckets && { buckets }) };
}

function restore(series: Series, { value = 0, minorUnits = 0n, counts = [], sum = 0 }: SavedSeries): void {
  if (isHistogram(series)) {
    series.counts.set(counts);
    series.count = counts.reduce((total, count) => total + count, 0);
    series.sum = sum;
  } else {
    series.value = value;
    series.minorUnits = minorUnits;
  }
}

/** Creates series under names that no catalog has, which share what series of one family share. */
function createShadowFamilies() {
  const known = new Map<string, { readonly descriptor: MetricDescriptor; readonly slabs?: BucketSlabs }>();
  return (source: string, { name, type, unit, buckets }: Shadowed, labels: Labels): Series => {
    const shadow = `${PREFIX}${source} ${name}`;
    const key = JSON.stringify([shadow, buckets]);
    const family = known.get(key) ?? {
      descriptor: {
        name: shadow,
        type,
        unit,
        help: "Counted of one source.",
        side: "backend" as const,
        labels: Object.keys(labels),
        known: [],
        maxSeries: Number.POSITIVE_INFINITY,
        ...(buckets && { buckets }),
      },
      ...(buckets && { slabs: createBucketSlabs(buckets) }),
    };
    known.set(key, family);
    return createSeries(family.descriptor, labels, Number.NEGATIVE_INFINITY, family.slabs);
  };
}
