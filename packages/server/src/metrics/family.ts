import { clear, createBucketSlabs, createSeries, ENDED, type Family, type Series } from "./seriesStore.ts";
import {
  closedValues,
  CURRENCY,
  labelOf,
  type Labels,
  type MetricDescriptor,
  openLabels,
  OTHER,
  ruleOf,
  toLabelValue,
} from "./descriptor.ts";
import { limitValues, type SeriesTally } from "./seriesBudget.ts";
import { createLabelIndex, type LabelIndex } from "./labelIndex.ts";
import { restoredLabels } from "./restoredLabels.ts";

/** The number of series with each value of a label. */
type ValueUse = ReadonlyMap<string, number>;

/** A family with the methods for the recorder. */
export interface StoredFamily extends Family {
  /** The values of a label, with the number of series of each. */
  valuesOf(label: string): ValueUse;
  /** Samples since the start that count under `__other__` because their value has folded, by label. */
  readonly folded: ReadonlyMap<string, number>;
  /** True if the series may end: its label set is not declared, and its values have not folded. */
  mayEnd(series: Series): boolean;
  /** Removes a series and clears its values. */
  end(series: Series): void;
  /**
   * The series of a label set that the catalog knows, as old as the collector; undefined if the catalog does not know
   * it. Created regardless of budgets, because values of earlier runs must not fold now.
   */
  knownSeries(labels: Labels): Series | undefined;
}

export interface FamilyOptions {
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
  readonly tally: SeriesTally;
  /** Called with each new series. */
  readonly onMade: (series: Series) => void;
}

/**
 * Holds the series of one metric.
 *
 * A known label set costs only a lookup. For a new one, the label values are copied and sanitized. If a budget is
 * full, labels fold to `__other__`, the one with the most values first, so that the sum over all series stays exact.
 */
export function createFamily(descriptor: MetricDescriptor, options: FamilyOptions): StoredFamily {
  const { now, tally } = options;
  const open = openLabels(descriptor);
  const isGauge = descriptor.type === "gauge";
  const hasLabels = descriptor.labels.length > 0;
  const members = createMembers(descriptor, open, options);
  const { series, index, uses } = members;
  const folded = new Map<string, number>();
  const fold = createFold(descriptor, open, { members, folded, options });

  const make = (labels: Labels): Series => {
    const fit = limitValues(fitLabels(descriptor, open, labels), { descriptor, uses, folded });
    const found = index.find(fit);
    if (found) return found;
    return tally.hasRoom(descriptor, series.size, false) ? members.add(fit, now()) : fold.of(fit);
  };

  for (const labels of descriptor.known) {
    if (!index.find(labels)) members.add(fitLabels(descriptor, [], labels), Number.NEGATIVE_INFINITY, true);
  }

  return {
    descriptor,
    series,
    seriesOf: (labels) => index.find(labels) ?? make(labels),
    valuesOf: (label) => uses.get(label) ?? new Map(),
    folded,
    mayEnd: (candidate) =>
      !members.declared.has(candidate) && (isGauge ? hasLabels : isOfOpenSet(candidate, open)),
    end: (ended) => {
      members.remove(ended);
      fold.forgetOrder();
      clear(ended);
    },
    knownSeries: (labels) => {
      const fit = restoredLabels(descriptor, labels, series.size);
      return fit && (index.find(fit) ?? members.add(fit, Number.NEGATIVE_INFINITY));
    },
  };
}

/**
 * True for a series that may end. Declared series are bounded by the catalog. Series of money never end, because they
 * are accounts.
 */
function isOfOpenSet({ descriptor, labels }: Series, open: readonly string[]): boolean {
  return descriptor.unit !== "currency" && open.some((label) => labels[label] !== OTHER);
}

/** The series of a family, found by their labels and counted by their label values. */
interface Members {
  readonly series: ReadonlySet<Series>;
  /** The series that the catalog declares. */
  readonly declared: ReadonlySet<Series>;
  readonly index: LabelIndex;
  readonly uses: ReadonlyMap<string, ValueUse>;
  add(labels: Labels, bornAt: number, isDeclared?: boolean): Series;
  remove(series: Series): void;
}

function createMembers(
  descriptor: MetricDescriptor,
  open: readonly string[],
  { tally, onMade }: FamilyOptions,
): Members {
  const series = new Set<Series>();
  const declared = new Set<Series>();
  const uses = new Map(descriptor.labels.map((label) => [label, new Map<string, number>()]));
  const index = createLabelIndex(orderToLookUp(descriptor, open));
  const slabs = descriptor.buckets && createBucketSlabs(descriptor.buckets);
  return {
    series,
    declared,
    index,
    uses,
    add: (labels, bornAt, isDeclared = false) => {
      const made = createSeries(descriptor, labels, bornAt, slabs);
      series.add(made);
      index.add(made);
      if (isDeclared) declared.add(made);
      tally.count(descriptor, isDeclared, 1);
      countValues(uses, labels, 1);
      onMade(made);
      return made;
    },
    remove: (ended) => {
      series.delete(ended);
      index.remove(ended);
      tally.count(descriptor, false, -1);
      countValues(uses, ended.labels, -1);
      ended.usedAt = ENDED;
    },
  };
}

interface FoldOptions {
  readonly members: Members;
  /** Samples that count under `__other__`, by label. */
  readonly folded: Map<string, number>;
  readonly options: FamilyOptions;
}

/** Finds the series of a label set for which a budget has no room left. */
function createFold(
  descriptor: MetricDescriptor,
  open: readonly string[],
  { members, folded, options: { now, tally } }: FoldOptions,
): { of(labels: Labels): Series; forgetOrder(): void } {
  const { series, index, uses } = members;
  /**
   * The order in which labels fold. It stays the same while there is no room, so that a label set folds the same each
   * time.
   */
  let order: readonly string[] | undefined;
  return {
    of: (labels) => {
      order ??= orderToFold(descriptor, open, uses);
      let less = labels;
      for (const [place, label] of order.entries()) {
        if (less[label] !== OTHER) folded.set(label, (folded.get(label) ?? 0) + 1);
        less = foldLabels(descriptor, less, [label]);
        const found = index.find(less);
        if (found) return found;
        if (tally.hasRoom(descriptor, series.size, true) || place === order.length - 1) break;
      }
      return members.add(less, now());
    },
    forgetOrder: () => {
      order = undefined;
    },
  };
}

/**
 * The labels that may fold, in their order: open labels before declared ones, and among each the label with the most
 * values first, because folding it saves the most series.
 */
function orderToFold(
  { labels }: MetricDescriptor,
  open: readonly string[],
  uses: ReadonlyMap<string, ValueUse>,
): string[] {
  const rank = (label: string): number => (open.includes(label) ? 1 : 0);
  const values = (label: string): number => uses.get(label)?.size ?? 0;
  return labels
    .filter((label) => label !== CURRENCY)
    .toSorted((a, b) => rank(b) - rank(a) || values(b) - values(a));
}

/**
 * Open labels first, then labels by their number of declared values, so that the first lookup separates the most
 * series.
 */
function orderToLookUp(descriptor: MetricDescriptor, open: readonly string[]): string[] {
  const values = (label: string): number =>
    open.includes(label) ? Number.POSITIVE_INFINITY : closedValues(descriptor, label).length;
  // Equal values must compare as 0: infinity minus infinity is NaN.
  return descriptor.labels.toSorted((a, b) => (values(a) === values(b) ? 0 : values(b) - values(a)));
}

/** The declared labels in their order, copied; values of open labels are sanitized. */
function fitLabels(descriptor: MetricDescriptor, open: readonly string[], labels: Labels): Labels {
  const fit: Record<string, string> = {};
  for (const name of descriptor.labels) {
    const value = labelOf(labels, name);
    if (value === undefined) continue;
    const shown = open.includes(name) ? toLabelValue(value, ruleOf(descriptor, name)) : value;
    // Prometheus treats an empty value as a missing label. If it were kept here, two series would be one there.
    if (shown !== "") fit[name] = shown;
  }
  return fit;
}

/** The labels in their order, with the value `__other__` for the `folded` ones. */
function foldLabels(descriptor: MetricDescriptor, labels: Labels, folded: readonly string[]): Labels {
  const less: Record<string, string> = {};
  for (const name of descriptor.labels) {
    const value = folded.includes(name) ? OTHER : labelOf(labels, name);
    if (value !== undefined) less[name] = value;
  }
  return less;
}

function countValues(uses: ReadonlyMap<string, Map<string, number>>, labels: Labels, change: 1 | -1): void {
  for (const [label, value] of Object.entries(labels)) {
    const use = uses.get(label);
    const left = (use?.get(value) ?? 0) + change;
    if (left > 0) use?.set(value, left);
    else use?.delete(value);
  }
}
