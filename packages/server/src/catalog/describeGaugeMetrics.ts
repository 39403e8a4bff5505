import type { Catalog, GaugeSpec } from "@rumkit/protocol";
import { labelSets, type MetricDescriptor } from "../metrics/descriptor.ts";
import { toSentence } from "./lintDescriptors.ts";

/** The family of a declared gauge: `queue` in seconds is `queue_seconds`. */
export function gaugeFamilyName(name: string, { name: chosen, unit }: GaugeSpec): string {
  return chosen ?? (unit === undefined ? name : `${name}_${unit}`);
}

/** The rule that joins the values of several processes: counts and bytes add up, times and shares do not. */
export function joinOf(spec: GaugeSpec): "sum" | "max" | "min" {
  return spec.processes ?? (isAmount(spec) ? "sum" : "max");
}

function isAmount({ unit }: GaugeSpec): boolean {
  return unit === undefined || unit === "bytes";
}

/** Describes the gauges that the catalog declares: a family each. */
export function describeGaugeMetrics({ gauges = {} }: Catalog): MetricDescriptor[] {
  return Object.entries(gauges).map(([name, spec]) => {
    const { help, unit = "none", labels = {} } = spec;
    const processes = joinOf(spec);
    return {
      name: gaugeFamilyName(name, spec),
      type: "gauge",
      help: toSentence(help),
      unit,
      side: "backend",
      labels: Object.keys(labels),
      // A gauge that was never set is not 0.
      known: [],
      maxSeries: labelSets(labels).length,
      values: labels,
      // A number of licenses may stay the same for months.
      idleMs: Number.POSITIVE_INFINITY,
      ...(spec.name !== undefined && { isNamed: true }),
      ...(processes !== "sum" && { acrossProcesses: processes, ...(isAmount(spec) && { addsUp: true }) }),
    };
  });
}
