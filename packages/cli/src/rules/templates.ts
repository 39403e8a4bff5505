/**
 * Fills in the value and the labels, as Prometheus and Grafana write them: `{value}` and `{route}` become
 * `{{ $value | humanize }}` and `{{ $labels.route }}`.
 *
 * @param value The value with its format.
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
