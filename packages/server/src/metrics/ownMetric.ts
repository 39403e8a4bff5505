import type { MetricDescriptor } from "./descriptor.ts";
import { labelSets } from "./labelSets.ts";

/** A family about the collector's own work, by reason where there are reasons. */
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
