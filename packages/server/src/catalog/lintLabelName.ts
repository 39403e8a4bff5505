/** Labels that Prometheus adds to every series that it scrapes (prometheus.io/docs, "Jobs and instances"). */
export const TARGET_LABELS: readonly string[] = ["job", "instance"];

/** Labels of buckets and of quantiles (prometheus.io/docs, "Metric types"). */
const VALUE_LABELS: readonly string[] = ["le", "quantile"];

/** Prometheus' data model: label names; two underscores at the start are its own. */
export const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

/** True for a label that Prometheus sets itself. */
export function isTakenLabel(label: string): boolean {
  return TARGET_LABELS.includes(label) || VALUE_LABELS.includes(label) || label.startsWith("exported_");
}

/**
 * Says why a family cannot have a label of this name, one sentence each. A label of a target's name is renamed
 * at the scrape (`exported_job`), and so is not there where a query looks for it. Never throws.
 */
export function lintLabelName(path: string, label: string): string[] {
  if (!LABEL.test(label)) return [`${path}: a label name has to match ${LABEL}.`];
  return isTakenLabel(label) ? [`${path}: the label name is reserved. Prometheus sets it itself.`] : [];
}
