import type { ValueFormat } from "@rumkit/server/internal/metrics";

/** The value in each form, as Prometheus and Grafana write it. */
export const FORMATS: Readonly<Record<ValueFormat, string>> = {
  share: "$value | humanizePercentage",
  seconds: "$value | humanizeDuration",
  bytes: "$value | humanize1024",
  number: "$value | humanize",
  whole: '$value | printf "%.0f"',
};

/**
 * Fills in the value and the labels, as Prometheus and Grafana write them: `{value}` and `{route}` become
 * `{{ $value | humanize }}` and `{{ $labels.route }}`.
 *
 * @param value The value with its form.
 */
export function fillIn(text: string, value: string): string {
  return escapeTemplates(text).replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === "value" ? `{{ ${value} }}` : `{{ $labels.${name} }}`,
  );
}

/** Shows braces as they are: the texts of alerts are templates of Go. */
export function escapeTemplates(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}
