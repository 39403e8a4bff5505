import { isOpen, type MetricDescriptor } from "./descriptor.ts";

/**
 * How many series there may be. Past a limit the labels of new label sets fold to `__other__`, one after the
 * other, so that every sample still counts; a tenth more is room for those. Series that the catalogue declares
 * are always there.
 */
export interface SeriesBudget {
  /**
   * Series of one metric whose label values are no closed set, where it declares no smaller number. Default
   * 2,000: far more than a panel can show.
   */
  readonly perMetric?: number;
  /**
   * Series of all such metrics of one side: what pages report, what the backend knows, what the collector says
   * of itself. Default 10,000: no side can take all room from the others.
   */
  readonly perSide?: number;
  /** All series. Default 50,000: a page of /metrics that Prometheus reads within a second. */
  readonly perProcess?: number;
  /**
   * Milliseconds without a sample after which a series ends; what it had counted is in
   * `rum_series_ended_value_total`. Only where label values are no closed set, and not of money. Default 24 h: what
   * happens once a day, at whatever hour, keeps its series, and a panel of a day shows no end that was none.
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

/** Room and how much of it is used. */
interface Tally {
  readonly limit: number;
  used: number;
}

/** Counts series against their budgets. */
export interface SeriesTally {
  readonly process: Readonly<Tally>;
  /** Of open metrics only, without what the catalogue declares. */
  readonly sides: Readonly<Record<Side, Readonly<Tally>>>;
  limitOf(descriptor: MetricDescriptor): number;
  idleMsOf(descriptor: MetricDescriptor): number;
  /** True where a metric of so many series may have one more: a label set of its own, or one that is folded. */
  hasRoom(descriptor: MetricDescriptor, series: number, isFolded: boolean): boolean;
  /** A series was made (`1`) or has ended (`-1`). */
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
      process.used += change;
      if (isOpen(descriptor) && !isDeclared) sides[descriptor.side].used += change;
    },
  };
}

function isBelow(used: number, limit: number, isFolded: boolean): boolean {
  return used < (isFolded ? limit + Math.ceil(limit / 10) : limit);
}
