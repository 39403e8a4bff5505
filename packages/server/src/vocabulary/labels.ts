import type { LabelSpec } from "@rumkit/protocol";
import { Rejection } from "../base/rejection.ts";
import type { Labels } from "../metrics/descriptor.ts";
import { listNames } from "./unknownName.ts";

/** The values of a call: some are labels, the rest are attributes. */
export type CallDetails = Readonly<Record<string, string | number | boolean>>;

/**
 * Picks the declared labels out of a call's details, and adds them to `labels`, which it returns. A value outside its
 * closed set is a rejection.
 */
export function pickLabels(
  spec: LabelSpec | undefined,
  details: CallDetails = {},
  labels: Record<string, string> = {},
): Labels | Rejection {
  for (const label in spec) {
    const values = spec[label]!;
    const value = Object.hasOwn(details, label) ? details[label] : undefined;
    if (value === undefined) return missingLabel(label, values);
    const text = String(value);
    if (!values.includes(text)) return unknownValue(label, text, values);
    labels[label] = text;
  }
  return labels;
}

// Separate functions, because V8 allocates what a closure captures even if the closure is never created.

function missingLabel(label: string, values: readonly string[]): Rejection {
  return new Rejection("missing_label", () => `"${label}" is missing. Known: ${listNames(values)}.`);
}

function unknownValue(label: string, text: string, values: readonly string[]): Rejection {
  return new Rejection(
    "unknown_label_value",
    () => `"${label}" cannot be "${text.slice(0, 128)}". Known: ${listNames(values)}.`,
  );
}
