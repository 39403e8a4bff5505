import type { DescribedMetric } from "../generate/metricsJson.ts";
import { findSplits, type Split } from "./splits.ts";

/** A metric that both versions have, with everything that differs. */
export interface MetricChange {
  readonly before: DescribedMetric;
  readonly after: DescribedMetric;
  readonly labelsAdded: readonly string[];
  readonly labelsRemoved: readonly string[];
  readonly values: readonly ValueChange[];
  readonly edgesAdded: readonly number[];
  readonly edgesRemoved: readonly number[];
  /** Series that continue under more or fewer labels. */
  readonly splits: readonly Split[];
}

/** The values of one label that come or go. */
export interface ValueChange {
  readonly label: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface MetricChanges {
  readonly added: readonly DescribedMetric[];
  readonly removed: readonly DescribedMetric[];
  readonly changed: readonly MetricChange[];
}

/** Compares metrics by name. A metric whose help alone differs counts as changed. */
export function compareMetrics(
  before: readonly DescribedMetric[],
  after: readonly DescribedMetric[],
): MetricChanges {
  const old = new Map(before.map((metric) => [metric.name, metric]));
  const now = new Map(after.map((metric) => [metric.name, metric]));
  return {
    added: after.filter(({ name }) => !old.has(name)),
    removed: before.filter(({ name }) => !now.has(name)),
    changed: after.flatMap((metric) => {
      const earlier = old.get(metric.name);
      const change = earlier && compareMetric(earlier, metric);
      return change && isChange(change) ? [change] : [];
    }),
  };
}

function compareMetric(before: DescribedMetric, after: DescribedMetric): MetricChange {
  const names = (metric: DescribedMetric): string[] => metric.labels.map(({ name }) => name);
  const common = names(after).filter((label) => names(before).includes(label));
  return {
    before,
    after,
    labelsAdded: missing(names(after), names(before)),
    labelsRemoved: missing(names(before), names(after)),
    values: common
      .map((label) => {
        const [was, is] = [before, after].map((metric) => valuesOf(metric, label));
        return was && is
          ? { label, added: missing(is, was), removed: missing(was, is) }
          : { label, added: [], removed: [] };
      })
      .filter(({ added, removed }) => added.length + removed.length > 0),
    edgesAdded: missing(after.buckets ?? [], before.buckets ?? []),
    edgesRemoved: missing(before.buckets ?? [], after.buckets ?? []),
    splits: findSplits(before.combinations, after.combinations),
  };
}

function valuesOf({ labels }: DescribedMetric, label: string): readonly string[] | undefined {
  return labels.find(({ name }) => name === label)?.values;
}

function isChange(change: MetricChange): boolean {
  const { before, after, labelsAdded, labelsRemoved, values, edgesAdded, edgesRemoved, splits } = change;
  const lists = [labelsAdded, labelsRemoved, values, edgesAdded, edgesRemoved, splits];
  const fields = ["type", "unit", "help", "maxSeries"] as const;
  return lists.some(({ length }) => length > 0) || fields.some((field) => before[field] !== after[field]);
}

function missing<Item>(items: readonly Item[], from: readonly Item[]): Item[] {
  const known = new Set(from);
  return items.filter((item) => !known.has(item));
}
