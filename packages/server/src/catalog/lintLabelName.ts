/** Labels that Prometheus adds to every scraped series (prometheus.io/docs, "Jobs and instances"). */
export const TARGET_LABELS: readonly string[] = ["job", "instance"];

/** Labels of buckets and of quantiles (prometheus.io/docs, "Metric types"). */
const VALUE_LABELS: readonly string[] = ["le", "quantile"];

/** Label names in Prometheus' data model, which reserves two underscores at the start. */
export const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

/** True for a label that Prometheus sets itself. */
export function isTakenLabel(label: string): boolean {
  return TARGET_LABELS.includes(label) || VALUE_LABELS.includes(label) || label.startsWith("exported_");
}

/**
 * Returns the reasons why a family cannot have a label of this name, one sentence each. A scrape renames a label with
 * the name of a target label (`exported_job`), so a query would not find it. Never throws.
 */
export function lintLabelName(path: string, label: string): string[] {
  if (!LABEL.test(label)) return [`${path}: a label name must match ${LABEL}.`];
  return isTakenLabel(label) ? [`${path}: the label name is reserved. Prometheus sets it itself.`] : [];
}
