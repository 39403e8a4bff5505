/** Label names and values of one series. A declared label that does not apply is left out. */
export type Labels = Readonly<Record<string, string>>;

/**
 * What a metric is, before it has any value: everything that the registry, the live page, the dashboards,
 * the rules and the docs know about it. Made from the catalogue once and never changed.
 */
export interface MetricDescriptor {
  /** The Prometheus family name, with its unit and `_total` where they belong. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** One sentence with a full stop. */
  readonly help: string;
  /**
   * The unit of every value. `"currency"`: recorded as an integer of minor units of the label `currency`,
   * exposed in major units. `"none"`: a count.
   */
  readonly unit: "seconds" | "bytes" | "ratio" | "score" | "currency" | "none";
  /** Who knows it: pages, the backend, or the collector about itself. */
  readonly side: "page" | "backend" | "collector";
  /** Label names in the order of the exposition. */
  readonly labels: readonly string[];
  /** Upper bucket edges in `unit`, strictly increasing. Histograms only. */
  readonly buckets?: readonly number[];
  /** Label sets that are known before the first request: exposed as 0 from the start. */
  readonly known: readonly Labels[];
  /** Label sets at most. What is new past it is counted in one more, `__other__`, so that sums stay exact. */
  readonly maxSeries: number;
}

/** The value of every label of the series that takes what exceeds `maxSeries`. */
export const OTHER = "__other__";

/** Lines of the exposition that one label set costs: a histogram has its buckets, `+Inf`, sum and count. */
export function linesPerSeries(descriptor: MetricDescriptor): number {
  return descriptor.buckets ? descriptor.buckets.length + 3 : 1;
}
