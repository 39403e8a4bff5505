import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { Figure, FigureKinds, FigureSpec } from "./figure.ts";
import type { WindowSource } from "./windows.ts";

/** The number of a declared card or chart, with its steps and labels resolved. */
export interface DeclaredSource {
  readonly kind: "sum" | "ratio" | "quantile" | "gauge";
  readonly read: WindowSource;
  readonly metric: MetricDescriptor;
  /** The denominator of a ratio. */
  readonly to?: WindowSource;
  readonly toMetric?: MetricDescriptor;
  /** 0–1. */
  readonly quantile?: number;
  /** The whole of which a gauge is a part. */
  readonly outOf?: { readonly read: WindowSource; readonly metric: MetricDescriptor };
  readonly spec: Omit<FigureSpec, "name" | "title">;
}

/**
 * Creates the figure of a declared number. A ratio of counters comes with its numerator and denominator, by which the page
 * divides the sums of several seconds.
 */
export function createDeclaredNumber(
  kinds: FigureKinds,
  source: DeclaredSource,
  named: Pick<FigureSpec, "name" | "title" | "partOf">,
): Figure[] {
  const { kind, read, metric, to, toMetric, quantile } = source;
  const spec = { ...source.spec, ...named };
  const isHistogram = metric.type === "histogram";
  if (kind === "sum") return [kinds.sum(spec, [read], isHistogram)];
  if (kind === "gauge") return [kinds.gauge(spec, read)];
  if (kind === "quantile") return [kinds.quantile(spec, quantile!, read)];
  if (metric.type === "gauge")
    return [kinds.gaugeShare({ ...spec, windowSeconds: 0, period: "now" }, read, to!)];
  const { thresholds: _ofRatio, ...counted } = source.spec;
  const countOf = (suffix: string, from: WindowSource, ofHistogram: boolean): Figure =>
    kinds.sum(
      {
        ...counted,
        name: `${named.name}_${suffix}`,
        title: named.title,
        unit: "count",
        decimals: 0,
        partOf: { figure: named.name },
      },
      [from],
      ofHistogram,
    );
  const part = countOf("part", read, isHistogram);
  const whole = countOf("whole", to!, toMetric!.type === "histogram");
  return [kinds.ratio(spec, part, whole), part, whole];
}
