import { labelOf } from "@rumkit/server/internal/metrics";
import type { MetricDescriptor } from "@rumkit/server";

/**
 * Label values to select: a string must be equal, a regular expression must match the whole value, `not` selects every
 * other value, `oneOf` each of several.
 */
export type Matchers = Readonly<
  Record<string, string | RegExp | { readonly not: string } | { readonly oneOf: readonly string[] }>
>;

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
    const shown = show(wanted);
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
    if (wanted instanceof RegExp) return `${label}=~${JSON.stringify(wanted.source)}`;
    if ("oneOf" in wanted) return `${label}=~${JSON.stringify(wanted.oneOf.map(escapeRegExp).join("|"))}`;
    return `${label}!=${JSON.stringify(wanted.not)}`;
  });
}

/** Escapes a text for a regular expression. Go's RE2 knows these escapes. */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function show(wanted: Matchers[string]): string {
  if (typeof wanted === "string" || wanted instanceof RegExp) return String(wanted);
  return "oneOf" in wanted ? wanted.oneOf.join(" or ") : `not ${wanted.not}`;
}

function matchesWhole(wanted: Matchers[string], value: string): boolean {
  if (typeof wanted === "string") return wanted === value;
  if (wanted instanceof RegExp) return new RegExp(`^(?:${wanted.source})$`).test(value);
  return "oneOf" in wanted ? wanted.oneOf.includes(value) : wanted.not !== value;
}
