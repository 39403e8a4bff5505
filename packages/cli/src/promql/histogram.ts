import { type Expression, ratioOf, type SeriesSet, sumBy } from "./expression.ts";
import type { Matchers } from "./matchers.ts";
import { type SelectionWriter, unitOf } from "./selection.ts";
import type { Window } from "./window.ts";
import type { MetricDescriptor } from "@rumkit/server";

interface Selection {
  readonly window: Window;
  readonly by: readonly string[];
  readonly matchers?: Matchers;
}

/** The observations of a histogram, series by series. */
export function observationsOver(
  { select, over, series }: SelectionWriter,
  operation: "rate" | "increase",
  metric: MetricDescriptor,
  window: Window,
  matchers?: Matchers,
): SeriesSet {
  const text = over(operation, select(metric, "_count", matchers), window);
  return series(metric, text, operation === "rate" ? "count_per_second" : "count");
}

/** The buckets of a histogram, which have the label `le`. */
export function bucketsOver(
  { select, over, series }: SelectionWriter,
  operation: "rate" | "increase",
  metric: MetricDescriptor,
  window: Window,
  matchers?: Matchers,
): SeriesSet {
  const text = over(operation, select(metric, "_bucket", matchers), window);
  const buckets = series(metric, text, operation === "rate" ? "count_per_second" : "count");
  return { ...buckets, labels: ["le", ...buckets.labels] };
}

/** The quantile of a histogram. */
export function quantile(
  writer: SelectionWriter,
  q: number,
  metric: MetricDescriptor,
  { window, by, matchers }: Selection,
): Expression {
  if (!(q > 0 && q < 1))
    throw new Error(`[rumkit] A quantile lies between 0 and 1: ${q}. Write 0.95 for p95.`);
  const sum = sumBy(["le", ...by], bucketsOver(writer, "rate", metric, window, matchers));
  return {
    text: `histogram_quantile(${q}, ${sum.text})`,
    metric,
    labels: by,
    unit: unitOf(metric),
    highest: metric.buckets?.at(-1) ?? Infinity,
    filters: sum.filters,
  };
}

/** The observations per second up to a bucket edge. Throws for another value, because they are counted only there. */
export function rateBelow(
  { select, over, series }: SelectionWriter,
  metric: MetricDescriptor,
  edge: number,
  { window, matchers }: Omit<Selection, "by">,
): SeriesSet {
  if (!metric.buckets?.includes(edge)) {
    throw new Error(
      `[rumkit] ${edge} is not a bucket edge of ${metric.name}. Take one of: ${metric.buckets?.join(", ")}.`,
    );
  }
  const buckets = { ...metric, labels: [...metric.labels, "le"], known: [] };
  const selector = select(buckets, "_bucket", { ...matchers, le: edgeMatcher(edge) });
  return series(metric, over("rate", selector, window), "count_per_second");
}

/** The share of observations up to a bucket edge. */
export function share(
  writer: SelectionWriter,
  metric: MetricDescriptor,
  edge: number,
  { window, by, matchers }: Selection,
): Expression {
  const below = sumBy(by, rateBelow(writer, metric, edge, { window, ...(matchers && { matchers }) }));
  return ratioOf(below, sumBy(by, observationsOver(writer, "rate", metric, window, matchers)));
}

/** Matches both forms of an edge: Prometheus 3 stores `4.0`, Prometheus 2 stores `4`, as exposed. */
function edgeMatcher(edge: number): string | RegExp {
  return Number.isInteger(edge) ? new RegExp(`${edge}(\\.0)?`) : String(edge);
}
