import { createBucketSlabs } from "./bucketSlabs.ts";
import {
  closedValues,
  CURRENCY,
  labelOf,
  ruleOf,
  type Labels,
  type MetricDescriptor,
  openLabels,
  OTHER,
} from "./descriptor.ts";
import { limitValues } from "./limitValues.ts";
import { createLabelIndex } from "./labelIndex.ts";
import { toLabelValue } from "./labelRule.ts";
import type { SeriesTally } from "./seriesBudget.ts";
import { restoredLabels } from "./restoredLabels.ts";
import { clear, createSeries, ENDED, type Family, type Series } from "./seriesStore.ts";

/** How many series have a value of a label, by value. */
type ValueUse = ReadonlyMap<string, number>;

/** A family from the inside: as the recorder keeps it. */
export interface StoredFamily extends Family {
  /** The values of a label that series have. */
  valuesOf(label: string): ValueUse;
  /** Samples that count under `__other__` instead of their own value of a label, since the start. */
  readonly folded: ReadonlyMap<string, number>;
  /** True where the series may end: its label set is not declared, and its values have not folded. */
  mayEnd(series: Series): boolean;
  /** Takes a series away with everything that it had counted. */
  end(series: Series): void;
  /**
   * The series of a label set that the catalog knows, as old as the collector; undefined where it does not know it.
   * Made whatever the budgets are: of what was counted long ago nothing may be folded now.
   */
  knownSeries(labels: Labels): Series | undefined;
}

export interface FamilyOptions {
  /** The clock: milliseconds since 1970. */
  readonly now: () => number;
  readonly tally: SeriesTally;
  /** Called with each series that is made. */
  readonly onMade: (series: Series) => void;
}

/**
 * Holds the series of one metric.
 *
 * Only what is new costs more than a look-up: then the label values are copied and made fit, and a full budget
 * folds labels to `__other__`, the one with the most values first, so that the sum over all series stays what
 * was counted.
 */
export function createFamily(descriptor: MetricDescriptor, options: FamilyOptions): StoredFamily {
  const { now, tally, onMade } = options;
  const series = new Set<Series>();
  const declared = new Set<Series>();
  const uses = new Map(descriptor.labels.map((label) => [label, new Map<string, number>()]));
  const folded = new Map<string, number>();
  const open = openLabels(descriptor);
  const isGauge = descriptor.type === "gauge";
  const hasLabels = descriptor.labels.length > 0;
  const index = createLabelIndex(orderToLookUp(descriptor, open));
  const slabs = descriptor.buckets && createBucketSlabs(descriptor.buckets);
  /** In which order labels fold: kept while there is no room, so that a label set folds the same each time. */
  let foldOrder: readonly string[] | undefined;

  const add = (labels: Labels, bornAt: number, isDeclared = false): Series => {
    const made = createSeries(descriptor, labels, bornAt, slabs);
    series.add(made);
    index.add(made);
    if (isDeclared) declared.add(made);
    tally.count(descriptor, isDeclared, 1);
    countValues(uses, labels, 1);
    onMade(made);
    return made;
  };

  const remove = (ended: Series): void => {
    series.delete(ended);
    index.remove(ended);
    tally.count(descriptor, false, -1);
    countValues(uses, ended.labels, -1);
    ended.usedAt = ENDED;
    foldOrder = undefined;
  };

  const fold = (labels: Labels): Series => {
    foldOrder ??= orderToFold(descriptor, open, uses);
    let less = labels;
    for (const [place, label] of foldOrder.entries()) {
      if (less[label] !== OTHER) folded.set(label, (folded.get(label) ?? 0) + 1);
      less = foldLabels(descriptor, less, [label]);
      const found = index.find(less);
      if (found) return found;
      if (tally.hasRoom(descriptor, series.size, true) || place === foldOrder.length - 1) break;
    }
    return add(less, now());
  };

  const make = (labels: Labels): Series => {
    const fit = limitValues(fitLabels(descriptor, open, labels), { descriptor, uses, folded });
    const found = index.find(fit);
    if (found) return found;
    return tally.hasRoom(descriptor, series.size, false) ? add(fit, now()) : fold(fit);
  };

  /** What the catalog declares is bounded by it, and money is kept for good: its sums are books. */
  const isOfOpenSet = ({ labels }: Series): boolean =>
    descriptor.unit !== "currency" && open.some((label) => labels[label] !== OTHER);

  for (const labels of descriptor.known) {
    if (!index.find(labels)) add(fitLabels(descriptor, [], labels), Number.NEGATIVE_INFINITY, true);
  }

  return {
    descriptor,
    series,
    seriesOf: (labels) => index.find(labels) ?? make(labels),
    valuesOf: (label) => uses.get(label) ?? new Map(),
    folded,
    mayEnd: (candidate) => !declared.has(candidate) && (isGauge ? hasLabels : isOfOpenSet(candidate)),
    end: (ended) => {
      remove(ended);
      clear(ended);
    },
    knownSeries: (labels) => {
      const fit = restoredLabels(descriptor, labels, series.size);
      return fit && (index.find(fit) ?? add(fit, Number.NEGATIVE_INFINITY));
    },
  };
}

/**
 * The labels that may fold, in their order: those whose values are open before those that the catalogue
 * declares, and of each the one with the most values first, because folding it saves the most series.
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

/** Open labels first, then by how many values are declared: the first look-up tells the most series apart. */
function orderToLookUp(descriptor: MetricDescriptor, open: readonly string[]): string[] {
  const values = (label: string): number =>
    open.includes(label) ? Number.POSITIVE_INFINITY : closedValues(descriptor, label).length;
  // The same twice is no order to a sort: infinity minus infinity is no number.
  return descriptor.labels.toSorted((a, b) => (values(a) === values(b) ? 0 : values(b) - values(a)));
}

/** The declared labels in their order, copied; values of open labels made fit to be shown. */
function fitLabels(descriptor: MetricDescriptor, open: readonly string[], labels: Labels): Labels {
  const fit: Record<string, string> = {};
  for (const name of descriptor.labels) {
    const value = labelOf(labels, name);
    if (value === undefined) continue;
    const shown = open.includes(name) ? toLabelValue(value, ruleOf(descriptor, name)) : value;
    // To Prometheus an empty value is no label, so it is none here either: else two series would be one there.
    if (shown !== "") fit[name] = shown;
  }
  return fit;
}

/** The labels with `__other__` for the value of these, in their order. */
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
