import type { AlertCondition, AlertLabels } from "@rumkit/protocol";
import type { Path } from "../base/shape.ts";

/** A metric that a condition reads, with the place of its name and of its labels in the condition. */
export interface ReadMetric {
  readonly name: string;
  readonly labels: AlertLabels;
  /** The types that the condition can read. */
  readonly types: readonly ("counter" | "gauge" | "histogram")[];
  readonly at: Path;
  readonly labelsAt: Path;
}

const COUNTED = ["counter", "histogram"] as const;

/** Returns the metrics that a condition reads. The cost of slow pages reads fixed ones, which need no check. */
export function metricsOf(when: AlertCondition): ReadMetric[] {
  if ("slowPagesCost" in when) return [];
  const read = (key: string, name: string, types: ReadMetric["types"]): ReadMetric => ({
    name,
    types,
    labels: when.labels ?? {},
    at: [key],
    labelsAt: ["labels"],
  });
  if ("ratio" in when) {
    const to = { ...read("to", when.to, COUNTED), labels: when.toLabels ?? {}, labelsAt: ["toLabels"] };
    return [read("ratio", when.ratio, COUNTED), to];
  }
  if ("rate" in when) return [read("rate", when.rate, COUNTED)];
  if ("increase" in when) return [read("increase", when.increase, COUNTED)];
  if ("quantile" in when) return [read("of", when.of, ["histogram"])];
  if ("share" in when) return [read("share", when.share, ["histogram"])];
  if ("gauge" in when) return [read("gauge", when.gauge, ["gauge"])];
  return [read("absent", when.absent, ["counter", "histogram", "gauge"])];
}
