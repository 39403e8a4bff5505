import { anyText } from "../base/looseValue.ts";
import type { LabelSpec } from "@rumkit/protocol";
import { nearestName } from "../base/nearestName.ts";
import { Rejection } from "../base/rejection.ts";
import type { Labels } from "../metrics/descriptor.ts";

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

/** Maximum UTF-16 units of a name in a message. */
const MAX_SHOWN = 128;

/**
 * Maximum UTF-16 units of a name that is compared with others. Pages choose the name, and the work grows with its
 * length.
 */
const MAX_COMPARED = 40;

/** Refuses a name that is not declared, and suggests the nearest name, or lists the known ones. */
export function unknownName(kind: string, given: unknown, known: () => Iterable<string>): Rejection {
  const name = anyText(given);
  const shown = name.slice(0, MAX_SHOWN);
  const hint = (): string => {
    const names = [...known()];
    if (names.length === 0) return `The catalog declares no ${kind} that may be reported here.`;
    const nearest = name.length > MAX_COMPARED ? undefined : nearestName(name, names);
    return nearest === undefined ? `Known: ${listNames(names)}.` : `Did you mean "${nearest}"?`;
  };
  return new Rejection("unknown_name", () => `The catalog has no ${kind} "${shown}". ${hint()}`, hint);
}

/** Maximum names in a message: more do not help a reader. */
const MAX_LISTED = 20;

/** Lists names for a message: `add, buy`, the first 20 and the number of others, or `none`. */
export function listNames(names: Iterable<string>): string {
  const all = [...names];
  if (all.length === 0) return "none";
  const rest = all.length - MAX_LISTED;
  return all.slice(0, MAX_LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
