import type { LabelSpec } from "@rumkit/protocol";
import { type Check, describeValue, type Faults, list, type Path, record } from "../base/shape.ts";

/** Labels that the families of entries already have, and fields of an event that are not labels. */
const RESERVED = new Set(["action", "conversion", "experience", "currency", "value", "id"]);

/** Maximum UTF-16 units of a label value. */
const MAX_VALUE = 128;

/** Maximum label sets of one entry: with more, one of the labels is not a closed set in practice. */
const MAX_ENTRY_SERIES = 1_000;

const EXAMPLE = '{ category: ["books", "games"] }';

/** Checks labels with their closed sets of values. */
export const checkLabels: Check = record(
  checkLabelName,
  list(checkLabelValue, { example: '["books", "games"]', least: 1 }),
  EXAMPLE,
);

function checkLabelName(name: unknown, path: Path, faults: Faults): void {
  const label = String(name);
  if (RESERVED.has(label) || isTakenLabel(label))
    return faults.add(path, `is a reserved label name. Take another, e.g. item_${label}.`);
  if (LABEL.test(label)) return;
  const rule = 'use letters, digits and "_"; not "__" or a digit at the start; 64 at most';
  faults.add(path, `has a label name that is not valid: ${rule}.`);
}

function checkLabelValue(value: unknown, path: Path, faults: Faults): void {
  if (typeof value === "number" || typeof value === "boolean")
    return faults.add(path, `must be a text, not ${String(value)}. Write "${String(value)}".`);
  if (typeof value !== "string") return faults.add(path, `must be a text, not ${describeValue(value)}.`);
  if (value === "" || value.length > MAX_VALUE)
    faults.add(path, `must have 1 to ${MAX_VALUE} characters, not ${value.length}.`);
}

/** Checks the number of series of one entry. */
export function boundLabels(labels: unknown, path: Path, faults: Faults): void {
  const sets = Object.values((labels ?? {}) as LabelSpec).map((values) => values.length);
  const series = sets.reduce((product, count) => product * count, 1);
  if (series <= MAX_ENTRY_SERIES) return;
  faults.add(path, `has ${series} label sets; ${MAX_ENTRY_SERIES} at most. Make a label an attribute.`);
}

/** Labels that Prometheus adds to every scraped series (prometheus.io/docs, "Jobs and instances"). */
export const TARGET_LABELS: readonly string[] = ["job", "instance"];

/** Labels of buckets and of quantiles (prometheus.io/docs, "Metric types"). */
const VALUE_LABELS: readonly string[] = ["le", "quantile"];

/** Label names in Prometheus' data model, which reserves two underscores at the start. */
const LABEL = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]{0,63}$/;

/** True for a label that Prometheus sets itself. */
function isTakenLabel(label: string): boolean {
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
