import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { ownBy } from "../metrics/ownMetric.ts";
import type { StackOutcome } from "./createResolver.ts";

/** A record, so that a missing outcome is a compile error. */
const outcomes: Record<StackOutcome, true> = {
  resolved: true,
  no_map: true,
  failed: true,
  timeout: true,
  overflow: true,
};

/** Describes the stacks that are looked up in source maps. */
export function describeStackMetrics(): MetricDescriptor[] {
  return [
    ownBy("rum_stacks_resolved_total", "Stacks of errors that were looked up in source maps, by outcome.", {
      outcome: Object.keys(outcomes),
    }),
  ];
}
