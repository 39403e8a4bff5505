import type { LabelSpec } from "@rumkit/protocol";
import { isTakenLabel, LABEL } from "./lintLabelName.ts";
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
