import type { Catalog } from "@rumkit/protocol";
import { collectorCounter, collectorCounterBy } from "../metrics/describeFamily.ts";
import type { MetricDescriptor } from "../metrics/descriptor.ts";
import type { ClusterPlace, PartDefinition } from "../part/part.ts";

/** Aggregators whose frames have an age at most, and characters of a name. */
export const MAX_AGGREGATORS = 256;
const MAX_NAME = 63;

/**
 * The fate of a frame. `counted`: new. `repeated`: counted before, or of an earlier start of its aggregator. `unreadable`: not
 * a frame. `missed`: its number never came; totals bring what was in it.
 */
const FRAME_OUTCOMES = ["counted", "repeated", "unreadable", "missed"] as const;

export type FrameOutcome = (typeof FRAME_OUTCOMES)[number];

/** Describes the metrics of a live role. Other collectors read no frames, so they have none of them. */
export const framesPart: PartDefinition = {
  describe: (_catalog: Catalog, place?: ClusterPlace) =>
    place?.role === "live" ? describeFrameMetrics() : [],
};

function describeFrameMetrics(): MetricDescriptor[] {
  return [
    collectorCounterBy("rum_frames_total", "Frames of aggregators, by outcome.", { outcome: FRAME_OUTCOMES }),
    {
      ...collectorCounter(
        "rum_frames_age_seconds",
        "Age of the newest frame of an aggregator, by both clocks.",
      ),
      type: "gauge",
      unit: "seconds",
      labels: ["aggregator"],
      known: [],
      rules: { aggregator: { maxLength: MAX_NAME } },
      maxSeries: MAX_AGGREGATORS,
    },
    {
      ...collectorCounter(
        "rum_alerts_leading",
        "1 while this live role evaluates alerts and sends notices, else 0.",
      ),
      type: "gauge",
    },
    collectorCounter("rum_alerts_leaderships_total", "Times that this live role began to lead."),
  ];
}
