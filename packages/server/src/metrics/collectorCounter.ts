import type { LabelSpec } from "@rumkit/protocol";
import type { MetricDescriptor } from "./descriptor.ts";
import { labelSets } from "./labelSets.ts";

/** A counter of the collector's own work, with the label `reason` if there are reasons. */
export function collectorCounter(
  name: string,
  help: string,
  reasons?: Readonly<Record<string, true>>,
): MetricDescriptor {
  return collectorCounterBy(name, help, reasons ? { reason: Object.keys(reasons) } : {});
}

/** A counter of the collector's own work with these labels. Every label set is exposed as 0 from the start. */
export function collectorCounterBy(name: string, help: string, labels: LabelSpec): MetricDescriptor {
  const known = labelSets(labels);
  return {
    name,
    type: "counter",
    help,
    unit: "none",
    side: "collector",
    labels: Object.keys(labels),
    known,
    maxSeries: known.length,
  };
}
