import type { MetricDescriptor } from "@rumkit/server";

/** The unit of an expression's value. */
export type ExpressionUnit =
  | "count"
  | "count_per_second"
  | "count_per_minute"
  | "money"
  | "money_per_second"
  | "money_per_minute"
  | "seconds"
  | "bytes"
  | "ratio"
  | "change"
  | "number";

/** The series of one family as stored, or their rates. Apply `sumBy` before showing them. */
export interface SeriesSet {
  readonly kind: "series";
  readonly text: string;
  readonly metric: MetricDescriptor;
  /** Labels that a sum may keep. */
  readonly labels: readonly string[];
  readonly unit: ExpressionUnit;
  /** The currency of all series of the set, if a matcher selects one. */
  readonly currency?: string;
  /** Variables of the board that narrow the series. */
  readonly filters: readonly string[];
}

/** Something with labels: an expression, or a condition. */
export interface Labeled {
  readonly labels: readonly string[];
}

/** A PromQL expression whose labels, unit and range are known, so that its use can be checked. */
export interface Expression {
  readonly text: string;
  /** The family whose values it shows. */
  readonly metric: MetricDescriptor;
  /** Exactly the labels of its result. */
  readonly labels: readonly string[];
  readonly unit: ExpressionUnit;
  /** The largest possible value, in `unit`. Infinity without a limit. */
  readonly highest: number;
  /** The currency, if the value is money of a single one. */
  readonly currency?: string;
  /** Variables of the board that narrow its series. */
  readonly filters: readonly string[];
}

/** A sum of a family's series, which a ratio requires. */
export interface Sum extends Expression {
  readonly kind: "sum";
}

/**
 * Sums series and keeps the given labels.
 *
 * Throws for a label that the family lacks, and if amounts of different currencies would be added.
 */
export function sumBy(by: readonly string[], series: SeriesSet): Sum {
  const unknown = by.find((label) => !series.labels.includes(label));
  if (unknown !== undefined) {
    throw new Error(
      `[rumkit] ${series.metric.name} has no label "${unknown}". Sum by one of: ${series.labels.join(", ")}.`,
    );
  }
  const { metric, unit, text, currency, filters } = series;
  if (metric.unit === "currency" && !by.includes("currency") && currency === undefined) {
    throw new Error(
      `[rumkit] ${metric.name} holds several currencies: [${by.join(", ")}]. Sum by currency, or match one.`,
    );
  }
  const sum = by.length === 0 ? `sum(${text})` : `sum by (${by.join(", ")}) (${text})`;
  return {
    kind: "sum",
    text: sum,
    metric,
    labels: by,
    unit,
    highest: Infinity,
    filters,
    ...(currency !== undefined && { currency }),
  };
}

/** Returns the lowest series of a gauge for each set of the given labels. Throws for a label that the family lacks. */
export function minBy(by: readonly string[], series: SeriesSet): Expression {
  const { kind: _, ...sum } = sumBy(by, series);
  return { ...sum, text: sum.text.replace(/^sum/, "min") };
}

/** Returns the highest series of a gauge for each set of the given labels. Throws for a label that the family lacks. */
export function maxBy(by: readonly string[], series: SeriesSet): Expression {
  const { kind: _, ...sum } = sumBy(by, series);
  return { ...sum, text: sum.text.replace(/^sum/, "max") };
}

/** Returns the sum, and 0 where the other expression has a value and the sum has none. Throws if the labels differ. */
export function orZero(sum: Sum, other: Expression): Sum {
  checkSameLabels("A stand-in", sum, other);
  return { ...sum, text: `(${sum.text} or 0 * ${other.text})` };
}

/** Adds sums of several families. Each must have its series from the start. Throws if labels or units differ. */
export function totalOf(first: Sum, ...others: readonly Sum[]): Sum {
  for (const other of others) checkSameKind("A total", first, other);
  return { ...first, text: `(${[first, ...others].map(({ text }) => text).join(" + ")})` };
}

/**
 * The ratio of `part` to `all`: empty if `all` is 0, and 0 if `part` has no series yet.
 *
 * Accepts only sums, because Prometheus matches series by equal labels: a ratio of plain rates divides a series by
 * itself and is always 1. Throws if the labels or units differ, because the result would be empty or meaningless.
 */
export function ratioOf(part: Sum, all: Sum): Expression {
  checkSameKind("A ratio", part, all);
  // The series of a family without known label sets appear with their first event. Without failures the ratio must be
  // 0, not "no data".
  const isSparse = part.metric.known.length === 0;
  return {
    text: `${isSparse ? `(${part.text} or 0 * ${all.text})` : part.text} / (${all.text} > 0)`,
    metric: part.metric,
    labels: part.labels,
    unit: "ratio",
    filters: part.filters,
    highest: part.metric === all.metric ? 1 : Infinity,
  };
}

/**
 * The change of a sum against another time, such as 0.1 for a tenth more: empty if there was nothing before.
 *
 * Throws if the labels or units differ.
 */
export function changeOf(now: Sum, before: Sum): Expression {
  checkSameKind("A change", now, before);
  return {
    text: `${now.text} / (${before.text} > 0) - 1`,
    metric: now.metric,
    labels: now.labels,
    unit: "change",
    filters: now.filters,
    highest: Infinity,
  };
}

/** The rest of a ratio: 1 minus it. Throws for anything else. */
export function complementOf(ratio: Expression): Expression {
  if (ratio.unit !== "ratio" || ratio.highest !== 1)
    throw new Error(
      `[rumkit] Only a share of a whole has a rest: ${ratio.text}. Divide a part by its whole.`,
    );
  return { ...ratio, text: `1 - ${ratio.text}` };
}

/**
 * A sum as a multiple of another: empty if the other is 0. The same metric at two times, or two sums of one unit.
 *
 * Throws if the labels or units differ.
 */
export function multipleOf(now: Sum, before: Sum): Expression {
  return { ...ratioOf(now, before), highest: Infinity };
}

function checkSameLabels(what: string, a: Expression, b: Expression): void {
  if (haveSameLabels(a, b)) return;
  throw new Error(
    `[rumkit] ${what} needs the same labels on both sides: [${a.labels.join(", ")}] and [${b.labels.join(", ")}]. Sum both by the same labels.`,
  );
}

function checkSameKind(what: string, a: Sum, b: Sum): void {
  checkSameLabels(what, a, b);
  if (a.filters.join() !== b.filters.join()) {
    throw new Error(
      `[rumkit] ${what} needs the same variables on both sides: [${a.filters.join(", ")}] and [${b.filters.join(", ")}]. Put it on a board without them.`,
    );
  }
  if (a.unit !== b.unit) {
    throw new Error(
      `[rumkit] ${what} needs the same unit on both sides: ${a.unit} and ${b.unit}. Take rates with rates.`,
    );
  }
}

/** A rate per minute. Throws for an expression that is not a rate per second. */
export function perMinute(rate: Expression): Expression {
  const unit = perMinuteUnits[rate.unit];
  if (!unit)
    throw new Error(
      `[rumkit] Only a rate can be given per minute, not ${rate.unit}: ${rate.text}. Use rate().`,
    );
  return { ...rate, text: `60 * ${rate.text}`, unit };
}

const perMinuteUnits: { readonly [Unit in ExpressionUnit]?: ExpressionUnit } = {
  count_per_second: "count_per_minute",
  money_per_second: "money_per_minute",
};

/**
 * Returns a legend (`{{route}}`) or an annotation (`{{ $labels.route }}`) unchanged.
 *
 * Throws if it names a label that the expression lacks, because it would be shown as empty text.
 */
export function withLabelsOf({ labels }: { readonly labels: readonly string[] }, template: string): string {
  const named = [...template.matchAll(/\{\{\s*(?:\$labels\.)?([a-zA-Z_]\w*)\s*(?:\|[^}]*)?\}\}/g)].map(
    ([, label]) => label,
  );
  const unknown = named.find((label) => label !== undefined && !labels.includes(label));
  if (unknown !== undefined) {
    throw new Error(
      `[rumkit] "${template}" names the label "${unknown}". The expression has: ${labels.join(", ") || "none"}.`,
    );
  }
  return template;
}

/** True if both have exactly the same labels. */
export function haveSameLabels(a: Labeled, b: Labeled): boolean {
  return a.labels.length === b.labels.length && a.labels.every((label) => b.labels.includes(label));
}
