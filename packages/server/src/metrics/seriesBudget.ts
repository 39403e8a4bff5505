import { isOpen, type Labels, type MetricDescriptor, OTHER } from "./descriptor.ts";

/**
 * The limits of series. Beyond a limit, the labels of new label sets fold to `__other__`, one after the other, so that
 * every sample still counts; folded series may exceed the limit by a tenth. Series that the catalog declares always
 * exist.
 */
export interface SeriesBudget {
  /**
   * Maximum series of one metric with open labels, unless the metric declares a smaller number. Default 2,000: far more
   * than a panel can show.
   */
  readonly perMetric?: number;
  /**
   * Maximum series of all such metrics of one side: of pages, of the backend, or of the collector about itself. Default
   * 10,000: no side can take all the room from the others.
   */
  readonly perSide?: number;
  /** Maximum series of all metrics. Default 50,000: Prometheus reads such a page within a second. */
  readonly perProcess?: number;
  /**
   * Milliseconds without a sample after which a series ends; its value moves to `rum_series_ended_value_total`. Applies
   * only to open label sets, and not to money. Default 24 h: an event that happens once a day, at any hour, keeps its
   * series, and a panel of one day shows no false end.
   */
  readonly idleMs?: number;
}

export const DEFAULT_BUDGET: Required<SeriesBudget> = {
  perMetric: 2_000,
  perSide: 10_000,
  perProcess: 50_000,
  idleMs: 24 * 3_600_000,
};

type Side = MetricDescriptor["side"];

/** A limit, and its use. */
interface Tally {
  readonly limit: number;
  used: number;
}

/** Counts series against their budgets. */
export interface SeriesTally {
  readonly process: Readonly<Tally>;
  /** Series of open metrics only, without the ones that the catalog declares. */
  readonly sides: Readonly<Record<Side, Readonly<Tally>>>;
  limitOf(descriptor: MetricDescriptor): number;
  idleMsOf(descriptor: MetricDescriptor): number;
  /** True if a metric with the given number of series may have one more, folded or not. */
  hasRoom(descriptor: MetricDescriptor, series: number, isFolded: boolean): boolean;
  /** Counts a new series (`1`) or an ended one (`-1`), and its aliases. */
  count(descriptor: MetricDescriptor, isDeclared: boolean, change: 1 | -1): void;
}

export function createSeriesTally(budget: SeriesBudget = {}): SeriesTally {
  const { perMetric, perSide, perProcess, idleMs } = { ...DEFAULT_BUDGET, ...budget };
  const process = { limit: perProcess, used: 0 };
  const sides = {
    page: { limit: perSide, used: 0 },
    backend: { limit: perSide, used: 0 },
    collector: { limit: perSide, used: 0 },
  };
  const limitOf = (descriptor: MetricDescriptor): number =>
    isOpen(descriptor) ? Math.min(descriptor.maxSeries, perMetric) : descriptor.maxSeries;

  return {
    process,
    sides,
    limitOf,
    idleMsOf: (descriptor) => descriptor.idleMs ?? idleMs,
    hasRoom: (descriptor, series, isFolded) =>
      isBelow(series, limitOf(descriptor), isFolded) &&
      isBelow(process.used, process.limit, isFolded) &&
      (!isOpen(descriptor) || isBelow(sides[descriptor.side].used, perSide, isFolded)),
    count: (descriptor, isDeclared, change) => {
      const exposed = change * (1 + (descriptor.aliases ?? 0));
      process.used += exposed;
      if (isOpen(descriptor) && !isDeclared) sides[descriptor.side].used += exposed;
    },
  };
}

function isBelow(used: number, limit: number, isFolded: boolean): boolean {
  return used < (isFolded ? limit + Math.ceil(limit / 10) : limit);
}

/** The values of a family that gets a new label set. */
interface Used {
  readonly descriptor: MetricDescriptor;
  /** The number of series, by label and value. */
  readonly uses: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Samples that count under `__other__` because their value has folded, by label. */
  readonly folded: Map<string, number>;
}

/** The labels with `__other__` for each new value of a label that has its maximum of values. */
export function limitValues(labels: Labels, { descriptor, uses, folded }: Used): Labels {
  let limited = labels;
  for (const [label, most] of Object.entries(descriptor.maxValues ?? {})) {
    const value = labels[label];
    const used = uses.get(label);
    if (value === undefined || value === OTHER || !used || used.has(value)) continue;
    if (used.size - (used.has(OTHER) ? 1 : 0) < most) continue;
    folded.set(label, (folded.get(label) ?? 0) + 1);
    limited = { ...limited, [label]: OTHER };
  }
  return limited;
}
