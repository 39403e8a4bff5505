import type { LabelSpec } from "@rumkit/protocol";
import { Rejection } from "../base/rejection.ts";
import type { Labels } from "../metrics/descriptor.ts";
import { listNames } from "./unknownName.ts";

/** The values of a call: some are labels, the rest are attributes. */
export type CallDetails = Readonly<Record<string, string | number | boolean>>;

/** Picks the declared labels out of a call's details. A value outside its closed set is a rejection. */
export function pickLabels(
  spec: LabelSpec | undefined,
  details: CallDetails = {},
): { labels: Labels } | Rejection {
  const labels: Record<string, string> = {};
  for (const [label, values] of Object.entries(spec ?? {})) {
    const value = Object.hasOwn(details, label) ? details[label] : undefined;
    if (value === undefined) {
      return new Rejection("missing_label", () => `"${label}" is missing. Known: ${listNames(values)}.`);
    }
    const text = String(value);
    if (!values.includes(text)) {
      return new Rejection(
        "unknown_label_value",
        () => `"${label}" cannot be "${text.slice(0, 128)}". Known: ${listNames(values)}.`,
      );
    }
    labels[label] = text;
  }
  return { labels };
}
