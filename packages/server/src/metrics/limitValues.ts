import { type Labels, type MetricDescriptor, OTHER } from "./descriptor.ts";

/** The values of a family that gets a new label set. */
interface Used {
  readonly descriptor: MetricDescriptor;
  /** The number of series, by label and value. */
  readonly uses: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Samples that count under `__other__` because their value has folded, by label. */
  readonly folded: Map<string, number>;
}

/** The labels with `__other__` for each new value of a label that has its maximum of values. */
export function limitValues(labels: Labels, { descriptor, uses, folded }: Used): Labels {
  let limited = labels;
  for (const [label, most] of Object.entries(descriptor.maxValues ?? {})) {
    const value = labels[label];
    const used = uses.get(label);
    if (value === undefined || value === OTHER || !used || used.has(value)) continue;
    if (used.size - (used.has(OTHER) ? 1 : 0) < most) continue;
    folded.set(label, (folded.get(label) ?? 0) + 1);
    limited = { ...limited, [label]: OTHER };
  }
  return limited;
}
