import { labelOf } from "@rumkit/server/internal/metrics";
import type { MetricDescriptor } from "@rumkit/server";

/**
 * Label values to select: a string must be equal, a regular expression must match the whole value, `not` selects every
 * other value.
 */
export type Matchers = Readonly<Record<string, string | RegExp | { readonly not: string }>>;

/**
 * Throws if a matcher names a label or a label value that the metric never has. `exported_app` is the label `app` if
 * the target has a label `app`, too (prometheus.io/docs, `honor_labels`).
 */
export function checkMatchers(metric: MetricDescriptor, matchers: Matchers): void {
  for (const [label, wanted] of Object.entries(matchers)) {
    if (!metric.labels.includes(label.replace(/^exported_/, ""))) {
      throw new Error(
        `[rumkit] ${metric.name} has no label "${label}". Its labels: ${metric.labels.join(", ") || "none"}.`,
      );
    }
    const values = metric.known.map((labels) => labelOf(labels, label) ?? "");
    const shown =
      typeof wanted === "string" || wanted instanceof RegExp ? String(wanted) : `not ${wanted.not}`;
    // If new label sets can appear, so can new values.
    if (metric.known.length === metric.maxSeries && !values.some((value) => matchesWhole(wanted, value))) {
      throw new Error(
        `[rumkit] ${metric.name} never has ${label}="${shown}". Its values: ${[...new Set(values)].join(", ")}.`,
      );
    }
  }
}

/** Renders each matcher as PromQL. */
export function renderMatchers(matchers: Matchers): string[] {
  return Object.entries(matchers).map(([label, wanted]) => {
    if (typeof wanted === "string") return `${label}=${JSON.stringify(wanted)}`;
    return wanted instanceof RegExp
      ? `${label}=~${JSON.stringify(wanted.source)}`
      : `${label}!=${JSON.stringify(wanted.not)}`;
  });
}

function matchesWhole(wanted: Matchers[string], value: string): boolean {
  if (typeof wanted === "string") return wanted === value;
  return wanted instanceof RegExp ? new RegExp(`^(?:${wanted.source})$`).test(value) : wanted.not !== value;
}
