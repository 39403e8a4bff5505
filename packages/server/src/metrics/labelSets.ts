import type { LabelSpec } from "@rumkit/protocol";
import type { Labels } from "./descriptor.ts";

/** Every label set that a specification allows: the product of its closed value sets. */
export function labelSets(spec: LabelSpec, fixed: Labels = {}): Labels[] {
  return Object.entries(spec).reduce<Labels[]>(
    (sets, [label, values]) => sets.flatMap((set) => values.map((value) => ({ ...set, [label]: value }))),
    [fixed],
  );
}

/** The label names of several entries, each once, in order of appearance. */
export function labelNames(entries: readonly { readonly labels?: LabelSpec }[]): string[] {
  return [...new Set(entries.flatMap((entry) => Object.keys(entry.labels ?? {})))];
}
