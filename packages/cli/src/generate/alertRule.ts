import { type Condition, withLabelsOf } from "./expression.ts";
import type { YamlMap } from "./yaml.ts";

/** The parts of an alert, apart from its name and its app. */
export interface AlertSpec {
  readonly condition: Condition;
  /** The condition must hold for this time, a Prometheus duration. */
  readonly wait: string;
  readonly severity: "critical" | "warning";
  /** The problem in one line, which follows the app and the job. */
  readonly summary: string;
  /** The meaning of the alert, and the remedy. */
  readonly description: string;
}

/**
 * Renders an alert as a rule of Prometheus. Its name begins with the app's, so that two apps in one Prometheus have no
 * alert in common. Throws if a text names a label that the condition lacks.
 */
export function renderAlertRule(
  name: string,
  labels: { readonly app: string; readonly objective?: string },
  { condition, wait, severity, summary, description }: AlertSpec,
): YamlMap {
  return {
    alert: toCamelCase(labels.app) + name,
    expr: condition.text,
    for: wait,
    labels: { ...labels, severity },
    annotations: {
      summary: withLabelsOf(condition, `${labels.app}, {{ $labels.job }}: ${summary}`),
      description: withLabelsOf(condition, description),
    },
  };
}

/** `fast_pages` as `FastPages`. */
export function toCamelCase(name: string): string {
  return name.replaceAll(/(?:^|_)([a-z0-9]?)/g, (_, letter: string) => letter.toUpperCase());
}
