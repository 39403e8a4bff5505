import { type Expression, type SeriesSet, type Sum, maxBy, minBy, sumBy } from "./expression.ts";

/**
 * Returns the value of a gauge for each set of the given labels, as its descriptor joins processes: their sum, or their
 * highest or lowest value. Of an amount that all processes read from one source, label sets add up afterwards.
 *
 * Throws for a label that the family lacks.
 */
export function levelBy(by: readonly string[], series: SeriesSet): Sum {
  const { acrossProcesses: rule, addsUp, labels } = series.metric;
  if (rule === undefined) return sumBy(by, series);
  const join = rule === "min" ? minBy : maxBy;
  if (!addsUp || labels.every((label) => by.includes(label))) return { ...join(by, series), kind: "sum" };
  const each = join([...new Set([...by, ...labels])], series);
  return sumBy(by, { ...series, text: each.text });
}

/**
 * The share of one gauge in another, both by the same labels: empty if the whole is 0, and while one of them is unknown.
 */
export function shareOfLevel(part: Sum, whole: Sum): Expression {
  const { metric, labels, filters } = part;
  return {
    text: `${part.text} / (${whole.text} > 0)`,
    metric,
    labels,
    unit: "ratio",
    filters,
    highest: Number.POSITIVE_INFINITY,
  };
}
