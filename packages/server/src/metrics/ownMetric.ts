import type { MetricDescriptor } from "./descriptor.ts";
import { labelSets } from "./labelSets.ts";

/** A counter of the collector's own work, with the label `reason` if there are reasons. */
export function own(name: string, help: string, reasons?: Readonly<Record<string, true>>): MetricDescriptor {
  const known = labelSets(reasons ? { reason: Object.keys(reasons) } : {});
  return {
    name,
    type: "counter",
    help,
    unit: "none",
    side: "collector",
    labels: reasons ? ["reason"] : [],
    known,
    maxSeries: known.length,
  };
}
