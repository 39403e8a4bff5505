import type { ExpressionUnit, SeriesSet } from "./expression.ts";
import { checkMatchers, type Matchers, renderMatchers } from "./matchers.ts";
import type { Scope } from "./scope.ts";
import { checkWindow, type Duration, type Window } from "./window.ts";
import type { MetricDescriptor } from "@rumkit/server";

/** Writes selectors and ranges, with what a scope adds to each. */
export interface SelectionWriter {
  /** Selects series of a family. Throws if a matcher names a label or value that the family never has. */
  select(metric: MetricDescriptor, suffix: string, matchers?: Matchers): string;
  /** Applies an operation to the window of a selector; to its current values without an operation. */
  over(operation: string | undefined, selector: string, window?: Window): string;
  series(metric: MetricDescriptor, text: string, unit: ExpressionUnit): SeriesSet;
}

export function createSelection(
  { matchers: ofScope, labels, filters }: Scope,
  offset?: Duration,
): SelectionWriter {
  const ofMetric = (metric: MetricDescriptor) => filters.filter(({ label }) => metric.labels.includes(label));
  const ago = offset === undefined ? "" : ` offset ${offset}`;
  return {
    select: (metric, suffix, matchers = {}) => {
      checkMatchers(metric, matchers);
      const chosen = ofMetric(metric).map(({ name, label }) => `${label}=~"$${name}"`);
      return `${metric.name}${suffix}{${[ofScope, ...chosen, ...renderMatchers(matchers)].join(",")}}`;
    },
    over: (operation, selector, window) => {
      if (operation === undefined) return selector + ago;
      checkWindow(window);
      return `${operation}(${selector}[${window}]${ago})`;
    },
    series: (metric, text, unit) => ({
      kind: "series",
      text,
      metric,
      labels: [labels.job, labels.instance, ...metric.labels],
      unit,
      filters: ofMetric(metric).map(({ name }) => name),
    }),
  };
}

/** Returns the unit of a metric's values. */
export function unitOf(metric: MetricDescriptor): ExpressionUnit {
  if (metric.unit === "none") return metric.type === "histogram" ? "number" : "count";
  return metric.unit === "currency" ? "money" : metric.unit;
}
