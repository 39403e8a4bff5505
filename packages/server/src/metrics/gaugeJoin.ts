import type { MetricDescriptor } from "./descriptor.ts";

/** The rule that makes one value of the label sets of a gauge. */
export type GaugeJoin = "sum" | "max" | "min";

/** Label sets of amounts add up. Of a state that is the highest or the lowest of all processes, so is that of all sets. */
export function joinOfSets({
  acrossProcesses: rule,
  addsUp,
}: Pick<MetricDescriptor, "acrossProcesses" | "addsUp">): GaugeJoin {
  if (rule === undefined || addsUp) return "sum";
  return rule === "min" ? "min" : "max";
}

/** Joins the values of label sets: at least one, and none unknown. */
export function joinSets(join: GaugeJoin, values: readonly number[]): number {
  return join === "sum" ? values.reduce((sum, value) => sum + value, 0) : Math[join](...values);
}
