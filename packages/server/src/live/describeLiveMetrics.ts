import type { MetricDescriptor } from "../metrics/descriptor.ts";
import { collectorCounter } from "../metrics/describeFamily.ts";

/** Describes the live streams. */
export function describeLiveMetrics(): MetricDescriptor[] {
  return [
    { ...collectorCounter("rum_live_clients", "Live streams that are open."), type: "gauge" },
    collectorCounter(
      "rum_live_frames_skipped_total",
      "Frames that a slow live client did not get; it gets a snapshot instead.",
    ),
  ];
}
